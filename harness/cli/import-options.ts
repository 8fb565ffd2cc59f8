/** The command that makes a policy of a proxy's configuration, with its options. */
import { type Command, Option } from 'commander';
import type { CommandContext } from './program.js';

export function addImport(program: Command, { console }: CommandContext): void {
  program
    .command('import')
    .description("make a policy of a proxy's limits: nginx, Envoy, Kong")
    .argument('<file>', 'nginx.conf, a bootstrap or rate limit file of Envoy, kong.yaml')
    .addOption(
      new Option('--from <proxy>', 'whose file it is (default: told by the file)').choices(['nginx', 'envoy', 'kong']),
    )
    .option('--adapter <file>', 'the paths of your API, to tell which requests a location is for')
    .option('--server <name>', 'nginx: which server, where several have limits')
    .option('--out <file>', 'where the policy is written; never over a file that is there (default: printed)')
    .addHelpText(
      'after',
      `
What could not be read is said, with its line, in the policy and on stderr.

Examples:
  floodproof import /etc/nginx/nginx.conf --out policy.yaml
  floodproof import kong.yaml --adapter my-api.yaml --out policy.yaml
  floodproof import ratelimit.yaml --from envoy`,
    )
    .action(async (file: string, options) => {
      const { importCommand } = await import('./import.js');
      importCommand(
        file,
        {
          from: options.from ?? null,
          adapter: options.adapter ?? null,
          server: options.server ?? null,
          out: options.out ?? null,
        },
        console,
      );
    });
}
