import { defineModule } from '../../core/module.ts';
import { rpmPackages } from '../../facts/rpm-packages.ts';
import { rpmParams, rpmWish } from '../rpm-params.ts';
import { applyRpm, planRpm, rpmQuery, undoRpm } from '../rpm-plan.ts';

export const dnf = defineModule({
  name: 'dnf',
  summary: 'Install, upgrade and remove packages with dnf (or yum, where there is no dnf).',
  params: rpmParams,
  examples: [
    { title: 'Packages', params: { name: ['libvirt', 'qemu-kvm'] } },
    { title: 'From a repository that is off', params: { name: 'htop', enablerepo: 'epel' } },
    { title: 'Upgrade everything', params: { name: '*', state: 'latest' } },
  ],
  reads: (params) => ({ packages: rpmPackages(rpmQuery(rpmWish(params))) }),
  check: (params, { packages }) => planRpm(rpmWish(params), packages),
  apply: ({ data }, params) => applyRpm(data, rpmWish(params)),
  undo: ({ data }, params) => undoRpm(data, rpmWish(params)),
  noUndo: 'which versions there were is not known when everything is upgraded',
});
