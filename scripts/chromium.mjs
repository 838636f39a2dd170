// Unpacks the Chromium of the npm package @sparticuz/chromium into the folder given, with the libraries and fonts that
// a bare machine lacks, and writes a small script beside it that starts it with them. Called by tests/support/chromium.py.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2]);
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder; // where the package unpacks to
process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'; // makes it unpack nss and expat too
const { default: chromium } = await import('@sparticuz/chromium');
const program = await chromium.executablePath();

const config = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="relative">fonts-cache</cachedir>
</fontconfig>
`;
const start = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" FONTCONFIG_FILE="$here/fonts.conf" exec "$here/chromium" "$@"
`;
writeFileSync(join(folder, 'fonts.conf'), config);
writeFileSync(join(folder, 'start'), start);
chmodSync(join(folder, 'start'), 0o755);
chmodSync(program, 0o755);
