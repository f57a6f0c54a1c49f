import { CalcarError } from '../../contract/errors.ts';
import type { Calls } from '../calls.ts';
import type { Context } from '../context.ts';
import { listDatasets } from './datasets.ts';
import { freezeReads, previewFreeze } from './freezeReads.ts';

/** The use case behind each call on data sets. One freeze at a time. */
export function datasetCallsOf(context: Context): Pick<Calls, Extract<keyof Calls, `datasets.${string}`>> {
  let freezing: AbortController | null = null;
  return {
    'datasets.list': () => listDatasets(context),
    'datasets.preview': ({ study }) => previewFreeze(context, study),
    'datasets.freeze': async (input) => {
      if (freezing !== null)
        throw new CalcarError('invalid-input', 'A data set is being frozen already. Wait until it is done.');
      freezing = new AbortController();
      try {
        return await freezeReads(context, input, freezing.signal);
      } finally {
        freezing = null;
      }
    },
    'datasets.cancel': () => {
      freezing?.abort();
      return Promise.resolve({});
    },
  };
}
