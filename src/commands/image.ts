import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
import { InputError } from '../errors.ts';
import { nativeArchitecture } from '../metadata/relations/architecture.ts';
import type { MadeImage } from '../runner/image/made-image.ts';

export default class Image extends BaseCommand {
  static override summary = 'Make the bootable disk image (qcow2) from the final archive alone.';
  static override description = 'Every part is made only when its inputs changed; to force one, delete its .hash file.';

  static override examples = [
    { description: 'The image of what `bootplan run` has built', command: '<%= config.bin %> image' },
    {
      description: 'The root file system as a tar archive too: for `docker import`, systemd-nspawn or a chroot',
      command: '<%= config.bin %> image --tarball',
    },
    { description: 'The same without the compiler', command: '<%= config.bin %> image --variant minimal' },
    { description: 'For machines with UEFI', command: '<%= config.bin %> image --firmware uefi' },
  ];

  static override flags = {
    ...BaseCommand.baseFlags,
    ...stateFlag,
    metadata: Flags.string({
      helpValue: 'DIR',
      description:
        'a directory of YAML metadata with an image; by default that of the last run, else the embedded mini-distribution',
    }),
    arch: Flags.string({ helpValue: 'ARCH', default: nativeArchitecture, description: 'architecture of the image' }),
    kernel: Flags.string({ options: ['seed', 'source'], description: "the seed's kernel, or one built from source" }),
    firmware: Flags.string({ options: ['bios', 'uefi'], default: 'bios', description: 'what starts the image' }),
    variant: Flags.string({
      helpValue: 'NAME',
      default: '',
      description: 'a variant of the image, as image.yaml declares it',
    }),
    tarball: Flags.boolean({ description: 'the root file system as a tar archive too, for containers and chroots' }),
  };

  async run(): Promise<MadeImage> {
    const { flags } = await this.parse(Image);
    this.begin(flags);
    const { directoryFor, stateDirectory } = await import('../runner/journal/state-directory.ts');
    const { readProject } = await import('../metadata/project/project.ts');
    const { makeImage } = await import('../runner/image/image.ts');
    const { recordImage, sourcesOf } = await import('../application/deliver.ts');
    const { Session } = await import('../runner/journal/session.ts');
    const { requireUnchanged } = await import('../runner/archive/unchanged.ts');
    const { seedKernel } = await import('../runner/image/kernel-package.ts');
    const { startLine } = await import('../runner/boot/qemu.ts');
    const { imageText } = await import('../reports/boot.ts');
    const { hadMachines, metadataOfRun } = await import('../application/standing-run.ts');
    const ofRun = metadataOfRun(flags.state);
    const metadata = flags.metadata ?? ofRun ?? join(this.config.root, 'metadata/minidistro');
    if (ofRun !== undefined && flags.metadata === undefined) this.talk(`metadata: ${ofRun}, as in the last run here`);
    if (ofRun !== undefined && resolve(metadata) !== ofRun)
      this.talk(`the run in ${flags.state} was made from ${ofRun}, and this image is of ${metadata}`);
    const kernel = flags.kernel as 'seed' | 'source' | undefined;
    const read = await readProject(metadata, {
      architecture: flags.arch,
      buildArchitecture: hadMachines(stateDirectory(flags.state), flags.arch) ? flags.arch : nativeArchitecture,
      ...(kernel && { kernel }),
    });
    if (!read.ok) throw new InputError(read.diagnostics);
    this.remarks(read.diagnostics);
    const parent = stateDirectory(flags.state);
    const state = directoryFor(parent, flags.arch);
    const firmware = flags.firmware as 'bios' | 'uefi';
    // What no run has begun has no journal, and nothing to note in it.
    const whole = existsSync(state.journal) ? await Session.open(parent, 'bootplan image') : undefined;
    const session = whole && state !== parent ? await whole.within(state) : whole;
    let made: MadeImage;
    try {
      if (session) await requireUnchanged(state, session.state);
      made = await makeImage({
        project: read.value,
        finalArchive: join(state.archives, 'final'),
        state,
        firmware,
        tarball: flags.tarball,
        variant: flags.variant,
        placeSources: sourcesOf(read.value),
        seedKernel: (name) => seedKernel(flags.arch, name, state.downloads),
      });
      if (session) recordImage(session, made);
    } finally {
      if (session !== whole) await session?.close();
      await whole?.close();
    }
    const { path: image, architecture } = made;
    this.data(imageText(made, startLine({ image, architecture, firmware, mebibytes: 512 })));
    return made;
  }
}
