import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../command-line/base-command.ts';
import { stateFlag } from '../command-line/state-flag.ts';
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
      description: 'a variant of the image, as image.yaml declares it',
    }),
    tarball: Flags.boolean({ description: 'the root file system as a tar archive too, for containers and chroots' }),
  };

  async run(): Promise<MadeImage> {
    const { flags } = await this.parse(Image);
    this.begin(flags);
    const [{ imageOfRun }, { startLine }, { imageText }] = await Promise.all([
      import('../application/run/image.ts'),
      import('../runner/boot/qemu.ts'),
      import('../reports/run/boot.ts'),
    ]);
    const firmware = flags.firmware as 'bios' | 'uefi';
    const made = await imageOfRun({
      state: flags.state,
      metadata: flags.metadata,
      embedded: join(this.config.root, 'metadata/minidistro'),
      architecture: flags.arch,
      kernel: flags.kernel as 'seed' | 'source' | undefined,
      firmware,
      variant: flags.variant || undefined,
      tarball: flags.tarball,
      talk: (line) => this.talk(line),
      remarks: (diagnostics) => this.remarks(diagnostics),
    });
    const { path: image, architecture } = made;
    this.data(imageText(made, startLine({ image, architecture, firmware, mebibytes: 512 })));
    return made;
  }
}
