import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { StationBridge } from '../contract/api.ts';
import { ipcChannels } from '../contract/security.ts';

/** All that the page is given: one way to ask and one way to listen, on two fixed channels. */
const bridge: StationBridge = {
  call: (name, input) => ipcRenderer.invoke(ipcChannels.call, name, input),
  subscribe: (listener) => {
    const pass = (_: IpcRendererEvent, event: unknown) => {
      listener(event);
    };
    ipcRenderer.on(ipcChannels.event, pass);
    return () => {
      ipcRenderer.off(ipcChannels.event, pass);
    };
  },
};

contextBridge.exposeInMainWorld('calcarBridge', bridge);
