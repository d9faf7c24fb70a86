/**
 * Where several rows of the table fit, the cause is named and not its consequence: by rank, whatever the order of the
 * table.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeConsole } from '../src/runner/boot/boot.ts';
import { type Cause, isRooted } from '../src/runner/boot/causes/cause.ts';
import { explain, fit, pastOn } from '../src/runner/boot/causes/explain.ts';
import { rankOf } from '../src/runner/boot/causes/rank.ts';
import { causeTable } from '../src/runner/boot/causes/table.ts';
import { condensed } from '../src/runner/boot/condensed.ts';
import { diagnose } from '../src/runner/boot/diagnosis.ts';
import { further, kinds, reported } from './consoles/blamed.ts';
import { lines } from './consoles/lines.ts';
import { strange } from './consoles/strange.ts';

const consoles = [...lines, ...strange, ...reported, ...kinds, ...further].map(([console]) => console);
const { causes, last, end } = causeTable;
const rows = [...causes, ...last, ...end];

const explains = (text: string): Cause | undefined => {
  const isPast = pastOn(text);
  const found =
    explain(
      causes.filter((row) => !isPast(row)),
      text,
    ) ?? explain(causes.filter(isPast), text);
  return (found ?? explain(last, text) ?? explain(end, text))?.row;
};

/** For each row the shortest console that it explains. */
const shortest = new Map<Cause, string>();
for (const text of [...consoles].sort((a, b) => a.length - b.length)) {
  const row = explains(text);
  if (row !== undefined && !shortest.has(row)) shortest.set(row, text);
}

const reversed = { causes: causes.toReversed(), last: last.toReversed(), end: end.toReversed() };

test('every row explains a console of these tests', () => {
  expect(rows.filter((row) => !shortest.has(row)).map((row) => `${row.id}: ${row.shows.source}`)).toEqual([]);
});

test('the order of the table says nothing', () => {
  for (const text of consoles) expect(diagnose(text, {}, reversed), text).toEqual(diagnose(text));
  const order = fc.record({
    causes: fc.shuffledSubarray([...causes], { minLength: causes.length }),
    last: fc.shuffledSubarray([...last], { minLength: last.length }),
    end: fc.shuffledSubarray([...end], { minLength: end.length }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...consoles), order, (text, table) => {
      expect(diagnose(text, {}, table)).toEqual(diagnose(text));
    }),
  );
});

/** What boots that go well say, and what hurts nobody. */
const harmless = [
  'ACPI BIOS Error (bug): Failure creating named object [\\_SB.PCI0], AE_ALREADY_EXISTS (20220331/dswload2-326)',
  'ACPI Error: AE_NOT_FOUND, While resolving a named reference package element',
  "Couldn't get size: 0x800000000000000e",
  'integrity: Problem loading X.509 certificate -126',
  "MODSIGN: Couldn't get UEFI db list",
  'Machine check exception polling timer started.',
  'mce: CPU0: Thermal monitoring enabled (TM1)',
  'clocksource: Switched to clocksource tsc-early',
  'Secure boot disabled',
  'x86/mm: Checked W+X mappings: passed, no W+X pages found.',
  'NFS: Registering the id_resolver key type',
  'device-mapper: ioctl: 4.47.0-ioctl (2022-07-28) initialised: dm-devel@redhat.com',
  'blk_update_request: I/O error, dev fd0, sector 0 op 0x0:(READ) flags 0x0',
  'I/O error, dev sr0, sector 0 op 0x0:(READ) flags 0x80700',
  'Buffer I/O error on dev fd0, logical block 0, async page read',
  'ata2: SATA link down (SStatus 0 SControl 300)',
  'nvme nvme0: missing or invalid SUBNQN field.',
  'nvme nvme0: failed to set APST feature (2)',
  'mmc1: error -110 whilst initialising SDIO card',
  'usb 1-1: device descriptor read/64, error -71',
  'EDAC sbridge: Failed to register device with error -19.',
  'i8042: probe of i8042 failed with error -5',
  'platform regulatory.0: firmware: failed to load regulatory.db (-2)',
  'cfg80211: failed to load regulatory.db',
  'powernow_k8: this CPU is not supported anymore, using acpi-cpufreq instead.',
  'intel_pstate: CPU model not supported',
  'kvm: disabled by bios',
  'random: crng init done',
  'mdadm: No arrays found in config file or automatically',
  'Btrfs loaded, crc32c=crc32c-intel, zoned=yes, fsverity=yes',
  'raid6: skipped pq benchmark and selected avx2x4',
  'EXT4-fs (vdb1): recovery complete',
  'EXT4-fs (vdb1): mounted filesystem with ordered data mode. Quota mode: none.',
  'fsck from util-linux 2.38.1',
  '/dev/vdb1: clean, 12/65536 files, 9000/262144 blocks',
  "systemd[1]: Failed to find module 'autofs4'",
  'audit: type=1400 apparmor="STATUS" operation="profile_load" profile="unconfined" name="lsb_release"',
  'module verification failed: signature and/or required key missing - tainting kernel',
  'Loading compiled-in X.509 certificates',
  'Lockdown: swapper/0: hibernation is restricted; see man kernel_lockdown.7',
  "warning: `init' uses wireless extensions which will stop working for Wi-Fi 7 hardware",
  "cryptsetup: WARNING: vda5_crypt: ignored unknown option 'x'",
];

test('a system came up only where its root is seen, or a login', () => {
  const cameUp = consoles.filter((text) => /came up/.test(diagnose(text).cause));
  expect(cameUp.length).toBeGreaterThan(3);
  for (const text of cameUp) expect(isRooted(text) || /\S+ login:/.test(text), text).toBe(true);
});

describe('what hurts nobody', () => {
  test('is no cause', () => {
    for (const line of harmless) expect(['unknown', 'kernel-stopped'], line).toContain(diagnose(line).id);
  });

  test('before a cause changes nothing', () => {
    for (const [text, id] of [...reported, ...kinds, ...further]) {
      expect(diagnose([...harmless, text].join('\n')).id, text).toBe(id);
    }
  });
});

describe('floods', () => {
  const flood = Array.from({ length: 500 }, (_, i) => `usb 1-1: device descriptor read, try ${i}`);

  test('what is said again and again hides nothing, before a cause or after it', () => {
    for (const text of consoles) {
      const { id, evidence } = diagnose(text);
      const before = diagnose([...flood, text].join('\n'));
      if (evidence.line === 0 || id === 'unknown') continue;
      expect(before, text).toMatchObject({ id, evidence: { ...evidence, line: evidence.line + flood.length } });
      const row = explains(text)!;
      if (!causes.includes(row) || /\\n|\[\\s\\S\]/.test(row.shows.source)) continue;
      const after = diagnose([text, ...flood].join('\n'));
      expect(after, text).toMatchObject({ id, evidence });
    }
  });

  test('a condensed console has its lines where they were, none long, and what is said the first times', () => {
    const line = fc.oneof(fc.constantFrom('a', 'b 1', 'b 2', 'x'.repeat(900)), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 400 }), (all) => {
        const text = all.map((said) => said.replaceAll('\n', ' ')).flatMap((said) => [said, said]);
        const kept = condensed(text.join('\n')).split('\n');
        expect(kept.length).toBe(Math.max(1, text.length));
        for (const [i, said] of kept.entries()) {
          expect(said.length).toBeLessThanOrEqual(405);
          if (i < 64 && (text[i] ?? '').length <= 400) expect(said).toBe(text[i] ?? '');
        }
      }),
    );
  });
});

describe('boots that failed for others', () => {
  test.each([...reported, ...kinds, ...further])('%j is %s', (console, id, words, where) => {
    const { verdict, diagnosis } = judgeConsole(console);
    expect([verdict, diagnosis?.id, diagnosis?.where], diagnosis?.cause).toEqual(['fail', id, where]);
    expect(`${diagnosis!.cause}\n${diagnosis!.fix.join('\n')}`).toMatch(words);
  });
});

/** What leads to what, as people know it: what stands first is named before each of the others. */
const leadsTo: readonly (readonly string[])[] = [
  ['initramfs-damaged', 'no-root-device', 'not-mounted', 'no-init', 'init-ended', 'initramfs-shell', 'panic'],
  ['initramfs-too-large', 'no-root-device', 'initramfs-init', 'init-ended'],
  ['initramfs-compression', 'no-root-device', 'initramfs-init'],
  ['out-of-memory', 'no-root-device', 'init-ended', 'self-test-failed', 'emergency', 'command-missing'],
  ['disk-error', 'root-damaged', 'no-root-device', 'not-mounted', 'needs-fsck', 'init-ended', 'emergency', 'read-only'],
  ['disk-error', 'missing-library', 'self-test-failed'],
  ['disk-too-short', 'root-damaged', 'not-mounted', 'needs-fsck', 'emergency'],
  ['module-of-other-kernel', 'module-order', 'no-root-device', 'not-mounted', 'initramfs-shell'],
  ['module-unsigned', 'module-order', 'no-root-device', 'initramfs-shell'],
  ['module-missing', 'no-root-device', 'not-mounted', 'initramfs-shell'],
  ['kernel-fault', 'no-root-device', 'not-mounted', 'init-ended', 'panic'],
  ['driver-failed', 'no-root-device', 'not-mounted'],
  ['root-locked', 'no-root-device', 'not-mounted', 'no-init', 'initramfs-shell'],
  ['no-live-medium', 'not-mounted', 'initramfs-shell'],
  ['no-root-device', 'not-mounted', 'no-os-tree', 'no-init', 'init-ended', 'emergency', 'initramfs-shell'],
  ['root-features', 'not-mounted', 'no-init', 'init-ended', 'emergency'],
  ['fsck-too-old', 'needs-fsck', 'emergency', 'initramfs-shell'],
  ['fsck-missing', 'needs-fsck', 'emergency'],
  ['root-damaged', 'not-mounted', 'no-init', 'init-ended', 'emergency', 'read-only'],
  ['root-incomplete', 'not-mounted', 'no-init', 'emergency'],
  ['not-mounted', 'no-os-tree', 'no-init', 'init-not-started', 'init-ended', 'initramfs-shell'],
  ['no-os-tree', 'no-init', 'init-ended', 'emergency'],
  ['init-wrong-architecture', 'no-init', 'init-ended'],
  ['init-not-started', 'no-init', 'init-ended'],
  ['initramfs-init', 'no-init'],
  ['missing-library', 'init-ended'],
  ['missing-symbol', 'init-ended', 'init-frozen'],
  ['init-syntax', 'init-ended', 'no-terminal'],
  ['no-inittab', 'init-ended', 'no-terminal'],
  ['init-refused', 'init-ended', 'emergency'],
  ['kernel-too-old', 'init-ended'],
  ['device-missing', 'emergency'],
  ['disk-full', 'self-test-failed'],
  ['init-ended', 'emergency', 'self-test-failed'],
  ['self-test-failed', 'not-mounted', 'network', 'command-missing', 'no-terminal'],
];

/** The rows of an id that a guest is not past wherever they stand, with the shortest console of each. */
const rowsOf = (id: string): readonly (readonly [Cause, string])[] =>
  [...shortest].filter(([row]) => row.id === id && causes.includes(row));

describe('what leads to what', () => {
  test.each(leadsTo.map(([cause, ...others]) => [cause!, others] as const))('%s before %s', (before, others) => {
    for (const after of others) {
      const ranks = (id: string): number[] => rowsOf(id).map(([row]) => rankOf(row));
      expect(ranks(before), before).not.toEqual([]);
      expect(ranks(after), after).not.toEqual([]);
      // Some row of the consequence stands after a row of the cause; where one does, it is named second on any console.
      const pairs = rowsOf(before).flatMap(([a, x]) => rowsOf(after).map(([b, y]) => [a, x, b, y] as const));
      const lower = pairs.filter(([a, , b]) => rankOf(a) < rankOf(b));
      expect(lower.length, `${before} > ${after}`).toBeGreaterThan(0);
      for (const [a, x, , y] of lower)
        for (const text of [`${x}\n${y}`, `${y}\n${x}`]) {
          if (pastOn(text)(a)) continue;
          const named = explains(text)!;
          expect(rankOf(named), `${named.id}\n${text}`).toBeLessThanOrEqual(rankOf(a));
        }
    }
  });
});

describe('of every two rows', () => {
  const pairs = [...shortest].map(([row, text]) => [row, text] as const);

  /** Who comes first on the console; both ways when asked for. */
  const orders = process.env.BOOTPLAN_PAIRS === 'both' ? [0, 1] : [0];

  test.each(pairs.map(([row, text], i) => [row.id, text, i] as const))(
    '%s %j and any other: the lower rank wins',
    (_, one, i) => {
      for (const [j, [, other]] of pairs.slice(i).entries())
        for (const order of orders) {
          const text = (j + order) % 2 === 0 ? `${one}\n${other}` : `${other}\n${one}`;
          const isPast = pastOn(text);
          const open = causes.filter((row) => !isPast(row)).flatMap((row) => fit(row, text) ?? []);
          if (open.length === 0) continue;
          const named = diagnose(text, {}, j % 2 === 0 ? causeTable : reversed);
          const least = Math.min(...open.map(({ row }) => rankOf(row)));
          const first = Math.min(...open.filter(({ row }) => rankOf(row) === least).map(({ line }) => line));
          const right = open.filter(({ row, line }) => rankOf(row) === least && line === first);
          expect(
            right.map(({ row }) => row.id),
            text,
          ).toContain(named.id);
          expect(named.evidence.line, text).toBe(first);
        }
    },
  );
});
