/*
 * The first program of the system. /dev, /proc and /sys are mounted already. When a boot check listens, on a port named
 * bootplan.verdict, it tests the system, says BOOTPLAN-OK on the console when all is well, writes `exit 0` to the port and
 * powers off. Without one this is where a system of yours goes on.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Runs a program to its end; 0 when it was there and ended well. */
static int run(const char *program, const char *argument)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execl(program, program, argument, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The device of the port that the boot check listens on, or -1. */
static int verdictPort(void)
{
    char path[300], name[64];
    struct dirent *entry;
    int port = -1;
    DIR *ports = opendir("/sys/class/virtio-ports");
    while (ports && port < 0 && (entry = readdir(ports))) {
        FILE *file;
        snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
        file = fopen(path, "r");
        if (!file) continue;
        if (fgets(name, sizeof name, file) && strcmp(name, "bootplan.verdict\n") == 0) {
            snprintf(path, sizeof path, "/dev/%s", entry->d_name);
            port = open(path, O_WRONLY);
        }
        fclose(file);
    }
    if (ports) closedir(ports);
    return port;
}

int main(void)
{
    int failed, port = verdictPort();
    puts("BOOTPLAN: the system is up");
    fflush(stdout);
    failed = run("/usr/bin/hello", "from the guest");
    if (failed) printf("BOOTPLAN: failed: hello ended with %d\n", failed);
    else puts("BOOTPLAN-OK");
    fflush(stdout);
    tcdrain(1);
    if (port >= 0) {
        dprintf(port, "exit %d\n", failed ? 1 : 0);
        sync();
        reboot(RB_POWER_OFF);
    }
    for (;;) pause();
}
