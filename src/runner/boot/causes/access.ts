/** What is said when a security policy refuses the first programs, or when the clock makes certificates void. */
import { always, type Cause, loggedIn, rebuildImage } from './cause.ts';

const refused: Omit<Cause, 'shows'> = {
  id: 'access-refused',
  where: 'root file system',
  phase: 'init',
  with: /Attempted to kill init|Permission denied|[Ff]ailed|FAILED|emergency|[Ff]reez/,
  cause: ([, said]) => `A security policy (SELinux or AppArmor) refused what a program of the guest wanted: "${said}".`,
  fix: always(
    'Switch it off to see whether it is that: enforcing=0, selinux=0 or apparmor=0 on the kernel command line.',
    'SELinux needs labels on the files of the image: /.autorelabel, or setfiles when the image is made.',
    rebuildImage,
  ),
};

/** The rows of this file, in no order that matters. */
export const accessCauses: readonly Cause[] = [
  {
    ...refused,
    phase: 'outcome',
    grade: 'noise',
    unless: loggedIn,
    shows:
      /^.*?(avc: +denied +\{[^}]*\} for +(?!pid=1 ).*permissive=0.*|apparmor="DENIED" .*|SELinux.*relabel is required.*|type=1400 .*DENIED.*|smack.*(?:denied|access).*)$/i,
  },
  {
    ...refused,
    shows:
      /^.*?(avc: +denied +\{[^}]*\} for +pid=1 (?!.*permissive=1).*|apparmor="DENIED" .*(?:profile="\S*init"|pid=1 ).*)$/,
  },
  {
    id: 'access-refused',
    where: 'root file system',
    phase: 'start',
    shows:
      /^.*?((?:audit: |integrity: |ima: )?.*op=(?:appraise_data|"appraise_data") cause="?(?:missing-hash|invalid-hash|invalid-signature|IMA-signature-required|no-label)"?.*|ima: .*(?:appraise|signature).*(?:fail|denied|required).*|fs-verity.*(?:mismatch|denied|failed).*|evm: .*(?:invalid|failed).*denied.*)$/,
    cause: ([, said]) =>
      `The kernel starts only programs whose integrity is proved (IMA), and this one's is not: "${said}".`,
    fix: always('Sign the files of the image, or start the kernel with ima_appraise=off.', rebuildImage),
  },
  {
    id: 'wrong-clock',
    where: 'machine',
    phase: 'outcome',
    grade: 'noise',
    shows:
      /^.*?((?:certificate is not yet valid|not valid yet \(invalid for another|[Cc]ertificate .*(?:not yet valid|has expired)|SSL certificate .*expired|file .*has modification time .*in the future|[Cc]lock skew detected|Timestamp .*in the future).*)$/,
    cause: ([, said]) => `The clock of the guest is wrong: "${said!.trim()}".`,
    fix: always(
      'The machine needs a clock that runs (-rtc base=utc) and the kernel its driver; or set the date in a start script.',
    ),
  },
];
