type Take = (files: readonly File[]) => Promise<void>;

/** Lets a person choose files; a chooser that is closed without a choice does nothing. */
export const chooseFiles = (take: Take) => choose(false, take);
/** Lets a person choose a folder; everything in it is handed over, and the station says what it cannot use. */
export const chooseFolder = (take: Take) => choose(true, take);

/** Kept while its chooser is open: an input that nothing holds may be collected, and its choice with it. */
let input: HTMLInputElement | null = null;

function choose(folder: boolean, take: Take): void {
  const chooser = document.createElement('input');
  input = chooser;
  chooser.type = 'file';
  chooser.multiple = true;
  chooser.webkitdirectory = folder;
  chooser.addEventListener('change', () => {
    if (input === chooser) input = null;
    void take([...(chooser.files ?? [])]);
  });
  chooser.click();
}

/** Every file of a drop, folders opened to the bottom. Must be called while the drop is being handled. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // A reader gives at most a hundred entries at a time and an empty answer at the end.
  for (let more = await entriesOf(reader); more.length > 0; more = await entriesOf(reader))
    inside.push(...more);
  return (await Promise.all(inside.map(filesOf))).flat();
}

const entriesOf = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
