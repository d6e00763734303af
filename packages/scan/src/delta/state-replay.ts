import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject } from "./exact-json.ts";
import type {
  ActionVisitor,
  AddFile,
  Protocol,
  RemoveFile,
  TableMetadata,
  Transaction,
} from "./log-actions.ts";
import { logError, type LogPlace } from "./log-error.ts";

/** What a log comes to, beside the table's files: read newest file first, so that the first action of each kind decides. */
export class StateReplay implements ActionVisitor {
  /** Which of the log's files is read, in the order that they are. */
  protected turn = -1;
  #protocol: { value: Protocol; by: number } | undefined;
  #metadata: { value: TableMetadata; by: number } | undefined;
  readonly #transactions = new Map<string, bigint>();
  readonly #domains = new Map<string, string | undefined>();

  /** What follows is of another file of the log, an older one. */
  begin(_file: string, _isCheckpoint: boolean): void {
    this.turn++;
  }

  protocol(value: Protocol, place: LogPlace): void {
    if (this.#protocol === undefined) this.#protocol = { value, by: this.turn };
    else if (this.#protocol.by === this.turn) throw logError(place, "there must be one protocol");
  }

  metadata(value: TableMetadata, place: LogPlace): void {
    if (this.#metadata === undefined) this.#metadata = { value, by: this.turn };
    else if (this.#metadata.by === this.turn) throw logError(place, "there must be one metaData");
  }

  transaction({ appId, version }: Transaction): void {
    if (!this.#transactions.has(appId)) this.#transactions.set(appId, version);
  }

  domain(name: string, configuration: string, removed: boolean): void {
    if (!this.#domains.has(name)) this.#domains.set(name, removed ? undefined : configuration);
  }

  add(_file: AddFile, _place: LogPlace): void {}
  adds(_files: CheckpointAdds): void {}
  remove(_file: RemoveFile, _place: LogPlace): void {}
  commitInfo(_info: ExactObject): void {}

  /** The protocol, if an action told it. */
  get lastProtocol(): Protocol | undefined {
    return this.#protocol?.value;
  }

  /** The metadata, if an action told it. */
  get lastMetadata(): TableMetadata | undefined {
    return this.#metadata?.value;
  }

  /** Metadata of the file that is read, unless a later one replaced it. */
  get ownMetadata(): TableMetadata | undefined {
    return this.#metadata?.by === this.turn ? this.#metadata.value : undefined;
  }

  /** Last version of each application that an action told. */
  get transactions(): Map<string, bigint> {
    return this.#transactions;
  }

  /** Configuration by domain. */
  get domains(): Map<string, string> {
    const domains = new Map<string, string>();
    for (const [name, configuration] of this.#domains)
      if (configuration !== undefined) domains.set(name, configuration);
    return domains;
  }

  /** Protocol and metadata, which every version has. */
  required(folder: string, version: number): { protocol: Protocol; metadata: TableMetadata } {
    const missing = (what: string): Error =>
      logError({ file: folder }, `the log up to version ${version} has no ${what}`);
    if (this.#protocol === undefined) throw missing("protocol action");
    if (this.#metadata === undefined) throw missing("metaData action");
    return { protocol: this.#protocol.value, metadata: this.#metadata.value };
  }
}
