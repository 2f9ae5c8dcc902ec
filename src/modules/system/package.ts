import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule } from '../../core/module.ts';
import { type AnyPackages, anyPackages } from '../../facts/package-tool.ts';
import { type AptFields, applyApt, aptResult, undoApt } from '../apt-apply.ts';
import { type AptData, aptQuery, planApt } from '../apt-plan.ts';
import { flag, listOf, withAliases } from '../params.ts';
import { applyRpm, planRpm, type RpmData, rpmQuery, undoRpm } from '../rpm-plan.ts';
import { debianSpec, rpmSpec } from '../system-params.ts';
import { apt } from './apt.ts';

const object = z.strictObject({
  name: listOf(z.union([debianSpec, rpmSpec])).describe(
    'Packages, by the names that the host knows them by.',
  ),
  state: z
    .enum(['present', 'installed', 'latest', 'absent', 'removed'], {
      error: 'must be present, installed, latest, absent or removed',
    })
    .describe('present (installed) takes any version that is there; latest upgrades; absent (removed).'),
  use: z
    .enum(['auto', 'apt', 'dnf', 'yum'])
    .default('auto')
    .describe('Which tool; auto takes what is there.'),
  update_cache: flag.default(false).describe('Fetch package lists first, where something is to be done.'),
});

type Params = z.output<typeof object>;
type Data = { readonly apt: AptData } | { readonly rpm: RpmData };

export const packageModule = defineModule({
  name: 'package',
  summary: 'Install, upgrade and remove packages with whatever the host has: apt, dnf, yum or zypper.',
  params: withAliases(object, { name: ['pkg'] }),
  examples: [{ title: 'On any distribution', params: { name: ['tcpdump', 'ethtool'], state: 'present' } }],
  reads: (params) => ({
    now: anyPackages(params.use === 'yum' || params.use === 'dnf' ? 'rpm' : params.use, {
      apt: aptQuery(aptWishOf(params)),
      rpm: rpmQuery(rpmWishOf(params)),
    }),
  }),
  check: (params, { now }) => plan(params, now),
  apply: ({ data }, params) =>
    'apt' in data ? applyApt(data.apt, aptWishOf(params)) : applyRpm(data.rpm, rpmWishOf(params)),
  proof: (_change, params, { now }) => plan({ ...params, update_cache: false }, now),
  undo: ({ data }, params) =>
    'apt' in data ? undoApt(data.apt, aptWishOf(params)) : undoRpm(data.rpm, rpmWishOf(params)),
  noUndo: 'fetching lists cannot be taken back',
  result: (_params, { values: { now }, change, output }): AptFields =>
    now.kind === 'apt'
      ? aptResult(
          change && 'apt' in change.data ? change.data.apt : undefined,
          output,
          now.packages.listsTime,
        )
      : {},
});

function plan(params: Params, now: AnyPackages): Change<Data> | null {
  if (now.kind === 'apt') {
    const change = planApt(aptWishOf(params), now.packages);
    return change && { ...change, data: { apt: change.data } };
  }
  const change = planRpm(rpmWishOf(params), now.packages);
  return change && { ...change, data: { rpm: change.data } };
}

const STATES = {
  present: 'present',
  installed: 'present',
  latest: 'latest',
  absent: 'absent',
  removed: 'absent',
} as const;

/** Of everything that this module does not know. */
const APT_DEFAULTS = apt.params.parse({ clean: true });

function aptWishOf({ name, state, update_cache }: Params) {
  return { ...APT_DEFAULTS, clean: false, name, state: STATES[state], update_cache };
}

function rpmWishOf({ name, state, update_cache }: Params) {
  return {
    name,
    state: STATES[state],
    update_cache,
    autoremove: false,
    update_only: false,
    options: [],
  } as const;
}
