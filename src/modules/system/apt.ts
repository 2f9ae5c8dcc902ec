import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { debianPackages } from '../../facts/debian-packages.ts';
import { applyApt, aptResult, undoApt } from '../apt-apply.ts';
import { aptQuery, planApt } from '../apt-plan.ts';
import { count, flag, hostPath, listOf, withAliases } from '../params.ts';
import { debianSpec } from '../system-params.ts';

const object = z
  .strictObject({
    name: listOf(debianSpec)
      .optional()
      .describe('Packages: `name`, `name:architecture`, `name=version`; the version may hold `*` and `?`.'),
    state: z
      .enum(['present', 'latest', 'absent', 'fixed'], {
        error: 'must be present, latest, absent or fixed (build-dep is not supported)',
      })
      .default('present')
      .describe('present takes any version that is there; latest upgrades; fixed mends broken dependencies.'),
    update_cache: flag
      .optional()
      .describe(
        'Fetch the package lists first, where something is to be installed or upgraded. Alone: always.',
      ),
    cache_valid_time: count
      .optional()
      .describe('Seconds for which fetched lists are good enough; more than 0 implies update_cache.'),
    update_cache_retries: count.default(5).describe('How often fetching the lists is tried again.'),
    deb: hostPath.optional().describe('A .deb file on the host to install.'),
    upgrade: z
      .enum(['no', 'yes', 'safe', 'full', 'dist'])
      .default('no')
      .describe('Upgrade everything: yes and safe remove nothing, full and dist may.'),
    purge: flag.default(false).describe('With absent: remove configuration files too.'),
    autoremove: flag
      .default(false)
      .describe('Remove packages that were installed as dependencies only and are not needed.'),
    autoclean: flag
      .default(false)
      .describe('Delete cached package files that cannot be downloaded any more.'),
    clean: flag.default(false).describe('Delete all cached package files.'),
    install_recommends: flag
      .optional()
      .describe("Install recommended packages too. Default: the host's own setting."),
    default_release: z
      .string()
      .min(1)
      .optional()
      .describe('Release to take packages from, such as bookworm-backports.'),
    only_upgrade: flag.default(false).describe('Upgrade packages that are installed, install none.'),
    fail_on_autoremove: flag.default(false).describe('Fail rather than remove any package.'),
    allow_unauthenticated: flag.default(false).describe('Install packages whose origin cannot be verified.'),
    allow_downgrade: flag.default(false).describe('Go back to an older version where the task names one.'),
    allow_change_held_packages: flag.default(false).describe('Change packages that are on hold.'),
    force: flag.default(false).describe('All of the allow_… parameters, and removal of essential packages.'),
    dpkg_options: z
      .string()
      .default('force-confdef,force-confold')
      .describe('Options for dpkg, separated by commas, without dashes.'),
    policy_rc_d: count.optional().describe('101 keeps packages from starting their services.'),
    lock_timeout: count.default(60).describe('Seconds to wait while another apt is at work.'),
  })
  .superRefine((params, context) => {
    const ways = (['name', 'deb'] as const).filter((key) => params[key] !== undefined);
    if (params.upgrade !== 'no') ways.push('name');
    if (ways.length > 1) context.addIssue('takes one of name, deb and upgrade');
    const does =
      params.update_cache || params.cache_valid_time || params.autoremove || params.autoclean || params.clean;
    if (ways.length === 0 && !does && params.state !== 'fixed') {
      context.addIssue('needs name, deb, upgrade, update_cache, autoremove, autoclean or clean');
    }
  });

export const apt = defineModule({
  name: 'apt',
  summary: 'Install, upgrade and remove packages on Debian and its relatives.',
  params: withAliases(object, {
    name: ['package', 'pkg'],
    update_cache: ['update-cache'],
    default_release: ['default-release'],
    install_recommends: ['install-recommends'],
    allow_unauthenticated: ['allow-unauthenticated'],
    allow_downgrade: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  }),
  examples: [
    {
      title: 'Packages, with lists at most an hour old',
      params: { name: ['bridge-utils', 'nftables'], cache_valid_time: 3600 },
    },
    { title: 'A version', params: { name: 'nginx=1.22.*' } },
    { title: 'Upgrade everything', params: { upgrade: 'dist', update_cache: true } },
  ],
  reads: (params) => ({ packages: debianPackages(aptQuery(params)) }),
  check: (params, { packages }) => planApt(params, packages),
  apply: ({ data }, params) => applyApt(data, params),
  proof: (change, params, { packages }) => {
    if (change.data.update && packages.listsTime === change.data.listsTime) {
      return { ...change, differences: [{ label: 'package lists', before: 'old', after: 'fetched now' }] };
    }
    return planApt(
      { ...params, update_cache: false, cache_valid_time: 0, clean: false, autoclean: false },
      packages,
    );
  },
  undo: ({ data }, params) => undoApt(data, params),
  noUndo: 'fetching lists and deleting cached files cannot be taken back',
  result: (_params, { values: { packages }, change, output }) =>
    aptResult(change?.data, output, packages.listsTime),
});
