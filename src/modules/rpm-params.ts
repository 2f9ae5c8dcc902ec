import { z } from 'zod';
import { flag, listOf, withAliases } from './params.ts';
import type { RpmWish } from './rpm-plan.ts';
import { rpmSpec } from './system-params.ts';

const words = z.string().min(1);

const object = z
  .strictObject({
    name: listOf(rpmSpec)
      .default([])
      .describe(
        'Packages: a name, `name-version`, a capability, a file that a package brings, an .rpm file on the host; `*` with latest.',
      ),
    state: z
      .enum(['present', 'installed', 'latest', 'absent', 'removed'])
      .default('present')
      .describe('present (installed) takes any version that is there; latest upgrades; absent (removed).'),
    enablerepo: listOf(words).default([]).describe('Repositories to switch on for this task.'),
    disablerepo: listOf(words).default([]).describe('Repositories to switch off for this task.'),
    exclude: listOf(words).default([]).describe('Packages to leave out.'),
    disable_excludes: z
      .string()
      .optional()
      .describe("Ignore configured excludes: all, main or a repository's name."),
    conf_file: z.string().optional().describe('Configuration file of the tool on the host.'),
    releasever: z.string().optional().describe('Release to take packages from.'),
    disable_gpg_check: flag.default(false).describe('Install packages whose signature cannot be verified.'),
    install_weak_deps: flag.default(true).describe('Install recommended packages too (dnf).'),
    skip_broken: flag.default(false).describe('Leave out packages whose dependencies cannot be met.'),
    allowerasing: flag.default(false).describe('Allow other packages to be removed (dnf).'),
    nobest: flag.optional().describe('Take an older version where the newest cannot be installed (dnf).'),
    update_cache: flag
      .default(false)
      .describe('Forget cached metadata first, where something is to be done.'),
    update_only: flag
      .default(false)
      .describe('With latest: upgrade packages that are installed, install none.'),
    autoremove: flag.default(false).describe('Also remove dependencies that are not needed any more.'),
  })
  .superRefine((params, context) => {
    if (params.name.length === 0)
      context.addIssue({ code: 'custom', path: ['name'], message: 'is required' });
    if (params.name.includes('*') && params.state !== 'latest') {
      context.addIssue({ code: 'custom', path: ['name'], message: '`*` goes with state: latest alone' });
    }
  });

/** Parameters of `dnf` and of `yum`. */
export const rpmParams = withAliases(object, { name: ['pkg'], update_cache: ['expire-cache'] });

/** The parameters as the plan takes them. */
export function rpmWish(params: z.output<typeof object>): RpmWish {
  const { name, state, update_cache, autoremove, update_only } = params;
  const options = [
    ...params.disablerepo.map((repository) => `--disablerepo=${repository}`),
    ...params.enablerepo.map((repository) => `--enablerepo=${repository}`),
    ...params.exclude.map((excluded) => `--exclude=${excluded}`),
    ...(params.disable_excludes === undefined ? [] : [`--disableexcludes=${params.disable_excludes}`]),
    ...(params.conf_file === undefined ? [] : ['-c', params.conf_file]),
    ...(params.releasever === undefined ? [] : [`--releasever=${params.releasever}`]),
    ...(params.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...(params.install_weak_deps ? [] : ['--setopt=install_weak_deps=False']),
    ...(params.skip_broken ? ['--skip-broken'] : []),
    ...(params.allowerasing ? ['--allowerasing'] : []),
    ...(params.nobest === undefined ? [] : [params.nobest ? '--nobest' : '--best']),
  ];
  const wanted = {
    installed: 'present',
    removed: 'absent',
    present: 'present',
    absent: 'absent',
    latest: 'latest',
  } as const;
  return { name, state: wanted[state], update_cache, autoremove, update_only, options };
}
