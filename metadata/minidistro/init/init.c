/*
 * bootplan-init: the first program of the initramfs. It mounts /dev, /proc and /sys, loads the kernel modules named in
 * /modules.list in that order, waits for the root device, mounts it and becomes its /sbin/init.
 *
 * Kernel parameters it reads: root=UUID=... or root=/dev/..., rootfstype= (ext4), init= (/sbin/init), ro,
 * bootplan.rootwait= (seconds, 10). Every failure is one line on the console, with the errno in words, and then the
 * machine is powered off: whoever reads the console learns the cause, and no one waits for a time limit.
 *
 * Plain C99 and system calls, so that tcc builds it against musl. It writes with write(2): no buffer can lose the last
 * words of a dying machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <dirent.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static char commandLine[4096];

static const char *words(int error)
{
    switch (error) {
    case ENOENT: return "no such file";
    case EACCES: return "permission denied";
    case ENOEXEC: return "not a program for this machine";
    case EIO: return "input/output error";
    case ENXIO: case ENODEV: return "no such device";
    case ENOMEM: return "out of memory";
    case EEXIST: return "already there";
    case EBUSY: return "busy";
    case ENOTDIR: return "not a directory";
    case EISDIR: return "a directory";
    case EINVAL: return "invalid argument";
    case ELOOP: return "too many symbolic links";
    case ENOSYS: return "not in this kernel";
    case EUCLEAN: return "file system is damaged";
    default: return strerror(error);
    }
}

static void say(const char *what, const char *name, const char *rest)
{
    char line[512];
    int n = snprintf(line, sizeof line, "BOOTPLAN-INIT: %s%s%s\n", what, name, rest);
    if (n > (int)sizeof line - 1) n = sizeof line - 1;
    if (write(1, line, n) < 0) return;
}

static void complain(const char *what, const char *name, int error)
{
    char rest[160];
    snprintf(rest, sizeof rest, ": errno %d (%s)", error, words(error));
    say(what, name, rest);
}

/* The last line before the end. The serial line is drained first. */
static void giveUp(void)
{
    say("giving up, powering off", "", "");
    tcdrain(1);
    sync();
    reboot(RB_POWER_OFF);
    for (;;) pause();
}

static void mountOn(const char *type, const char *where)
{
    mkdir(where, 0755);
    if (mount(type, where, type, 0, "") != 0 && errno != EBUSY) complain("mount ", where, errno);
}

/* The last value of `name=` on the kernel's command line, or what is given. Values hold no blanks. */
static const char *parameter(const char *name, const char *otherwise)
{
    static char values[8][256];
    static int used;
    size_t length = strlen(name), n;
    const char *at = commandLine, *found = otherwise;
    if (used == 8) return otherwise;
    while (*at) {
        n = strcspn(at, " \n");
        if (n > length && at[length] == '=' && strncmp(at, name, length) == 0 && n - length - 1 < 256) {
            memcpy(values[used], at + length + 1, n - length - 1);
            values[used][n - length - 1] = 0;
            found = values[used];
        }
        at += n + strspn(at + n, " \n");
    }
    used++;
    return found;
}

/* Is the word on the kernel's command line? */
static int flagged(const char *word)
{
    const char *at = commandLine;
    size_t n;
    while (*at) {
        n = strcspn(at, " \n");
        if (n == strlen(word) && strncmp(at, word, n) == 0) return 1;
        at += n + strspn(at + n, " \n");
    }
    return 0;
}

static int readWhole(const char *path, char *into, int room)
{
    int at = 0, n = 0, file = open(path, O_RDONLY);
    if (file < 0) return -1;
    while (at < room && (n = read(file, into + at, room - at)) > 0) at += n;
    close(file);
    return n < 0 ? -1 : at;
}

/*
 * One module; its file is removed, since the initramfs is memory. A module that is not there and one that the kernel
 * refuses give two different lines: for the kernel, errno 2 means a symbol that no loaded module has.
 */
static int loadModule(const char *name)
{
    char path[300], rest[160];
    const char *why;
    int file, failed = 0;
    snprintf(path, sizeof path, "/modules/%s", name);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        complain("module ", name, errno);
        return 0;
    }
    if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST) failed = errno;
    close(file);
    unlink(path);
    if (failed) {
        why = failed == ENOENT ? "a symbol it needs is in no loaded module"
            : failed == ENOEXEC ? "made for another kernel or another machine" : words(failed);
        snprintf(rest, sizeof rest, " refused: errno %d (%s)", failed, why);
        say("module ", name, rest);
    }
    return failed == 0;
}

static void loadModules(void)
{
    static char list[16384];
    char count[64];
    char *name;
    int loaded = 0, listed = 0, n = readWhole("/modules.list", list, sizeof list - 1);
    if (n < 0 && errno != ENOENT) complain("read ", "/modules.list", errno);
    if (n <= 0) return;
    for (name = strtok(list, "\n"); name; name = strtok(NULL, "\n")) {
        listed++;
        loaded += loadModule(name);
    }
    snprintf(count, sizeof count, "%d of %d modules loaded", loaded, listed);
    say(count, "", "");
    unlink("/modules.list");
    rmdir("/modules");
}

/* 1 when the device holds an ext2/3/4 file system with this UUID (superblock at 1024: magic at 56, UUID at 104). */
static int holdsFileSystem(const char *device, const char *uuid)
{
    unsigned char block[256];
    char text[40];
    int at = 0, i, file = open(device, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    i = pread(file, block, sizeof block, 1024);
    close(file);
    if (i != sizeof block || block[56] != 0x53 || block[57] != 0xef) return 0;
    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
        at += sprintf(text + at, "%02x", block[104 + i]);
    }
    return strcasecmp(text, uuid) == 0;
}

/* The device that root= means, when it is there. */
static const char *findRoot(const char *root)
{
    static char path[300];
    struct dirent *entry;
    DIR *devices;
    int found = 0;
    if (strncmp(root, "UUID=", 5) != 0) return access(root, F_OK) == 0 ? root : NULL;
    devices = opendir("/sys/class/block");
    if (!devices) return NULL;
    while (!found && (entry = readdir(devices))) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        found = holdsFileSystem(path, root + 5);
    }
    closedir(devices);
    return found ? path : NULL;
}

static void listDevices(void)
{
    char line[400];
    struct dirent *entry;
    int at = 0;
    DIR *devices = opendir("/sys/class/block");
    line[0] = 0;
    while (devices && (entry = readdir(devices)))
        if (entry->d_name[0] != '.' && at < 300) at += snprintf(line + at, sizeof line - at, " %.60s", entry->d_name);
    if (devices) closedir(devices);
    say("block devices:", at ? line : " none", "");
}

static const char *waitForRoot(const char *root)
{
    struct timespec pause = {0, 20000000};
    int tries = 50 * atoi(parameter("bootplan.rootwait", "10"));
    const char *device;
    while (!(device = findRoot(root)) && tries-- > 0) nanosleep(&pause, NULL);
    return device;
}

/* What a program is that the kernel does not take, in a line of its own. */
static void describe(const char *program, int error)
{
    static char head[20], own[20];
    struct stat found;
    int n;
    if (stat(program, &found) != 0 || (error == EACCES && S_ISREG(found.st_mode))) return;
    n = S_ISREG(found.st_mode) ? readWhole(program, head, sizeof head) : -1;
    if (S_ISDIR(found.st_mode)) say(program, " is a directory", "");
    else if (!S_ISREG(found.st_mode)) say(program, " is no regular file", "");
    else if (n == 0) say(program, " is empty", "");
    else if (n < 4 || memcmp(head, "\177ELF", 4) != 0) say(program, " is no ELF file, and no script with #!", "");
    else if (readWhole("/proc/self/exe", own, sizeof own) != n) say(program, " is damaged", "");
    else if (head[4] == own[4] && memcmp(head + 18, own + 18, 2) == 0) say(program, " is for this machine, and damaged", "");
    else say(program, " is for another machine", "");
}

/* Why a program that is there gives "no such file": the loader that it names is missing. */
static void complainOfLoader(const char *program)
{
    static char image[65536];
    unsigned long long table, offset;
    unsigned i, count, size;
    int n = readWhole(program, image, sizeof image - 1);
    if (n > 3 && image[0] == '#' && image[1] == '!') {
        char *name = image + 2 + strspn(image + 2, " \t");
        int end = strcspn(name, " \t\n");
        int dos = end > 0 && name[end - 1] == '\r';
        name[end - dos] = 0;
        say("the interpreter of ", program, dos ? " (its lines end in CR LF):" : ":");
        complain("exec ", name, ENOENT);
        return;
    }
    if (n < 64 || memcmp(image, "\177ELF\2", 5) != 0) return;
    memcpy(&table, image + 32, 8);
    size = (unsigned char)image[54];
    count = (unsigned char)image[56];
    for (i = 0; i < count && table + (i + 1) * size <= (unsigned)n; i++) {
        if (image[table + i * size] != 3) continue; /* PT_INTERP */
        memcpy(&offset, image + table + i * size + 8, 8);
        if (offset < (unsigned)n) complain("loader ", image + offset, ENOENT);
    }
}

static void moveMount(const char *from, const char *to)
{
    mkdir(to, 0755);
    if (mount(from, to, NULL, MS_MOVE, NULL) != 0) complain("move mount to ", to, errno);
}

int main(int argc, char **argv)
{
    const char *root, *device, *type, *program;
    int failed;
    unsigned long flags;
    (void)argc;
    mountOn("devtmpfs", "/dev");
    mountOn("proc", "/proc");
    mountOn("sysfs", "/sys");
    failed = open("/dev/console", O_RDWR | O_NOCTTY);
    if (failed >= 0) {
        dup2(failed, 0);
        dup2(failed, 1);
        dup2(failed, 2);
        if (failed > 2) close(failed);
    }
    if (readWhole("/proc/cmdline", commandLine, sizeof commandLine - 1) < 0) complain("read ", "/proc/cmdline", errno);
    say("started", "", "");
    loadModules();
    root = parameter("root", "");
    type = parameter("rootfstype", "ext4");
    program = parameter("init", "/sbin/init");
    flags = flagged("ro") ? MS_RDONLY : 0;
    if (!*root) {
        say("no root= on the kernel's command line", "", "");
        giveUp();
    }
    device = waitForRoot(root);
    if (!device) {
        say("root device ", root, " did not appear");
        listDevices();
        giveUp();
    }
    mkdir("/root", 0755);
    if (mount(device, "/root", type, flags, "") != 0) {
        complain("mount root ", device, errno);
        giveUp();
    }
    say("root is ", device, "");
    moveMount("/dev", "/root/dev");
    moveMount("/proc", "/root/proc");
    moveMount("/sys", "/root/sys");
    unlink("/init");
    if (chdir("/root") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0) {
        complain("switch to ", device, errno);
        giveUp();
    }
    if (access(program, F_OK) != 0) {
        complain("exec ", program, errno);
        giveUp();
    }
    say("starting ", program, "");
    argv[0] = (char *)program;
    execv(program, argv);
    failed = errno;
    if (failed == ENOEXEC || failed == EACCES) describe(program, failed);
    complain("exec ", program, failed);
    if (failed == ENOENT) complainOfLoader(program);
    giveUp();
    return 1;
}
