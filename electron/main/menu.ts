import { Menu, type MenuItemConstructorOptions } from 'electron';

/**
 * The system's menu. The station's own commands live in its page, where one registry feeds keys, palette
 * and tooltips; here is only what belongs to the window.
 */
export function installMenu(options: { readonly isMac: boolean; readonly isPackaged: boolean }): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    ...(options.isPackaged ? [] : ([{ role: 'toggleDevTools' }] as const)),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(options.isMac ? ([{ role: 'appMenu' }] as const) : ([{ role: 'fileMenu' }] as const)),
      // Without it, copy and paste have no keys on macOS.
      { role: 'editMenu' },
      { label: 'View', submenu: view },
      { role: 'windowMenu' },
    ]),
  );
}
