/**
 * Model snapshots: their files, how they are written, published and read.
 *
 * <pre>
 * shard ── rows ──► SnapshotWriter ── parts ─────────────┐
 * HistoryFill ────► SnapshotWriter ── parts ─────────────┤
 *                    │                                   ▼
 *                    ▼        dense, metrics, ──► SnapshotPublisher ──► PublicationQueue: what is due?
 *               .staging/     offsets                                     │
 *                    │                                                    ▼
 *                    └──── copied into the version ◄──── PublicationThread: Publication, Gate
 *                                                                         │
 *                                     Kafka ◄── AnnouncementThread ◄──────┤
 *                                                                         ▼
 *                                                     Maintenance: Compaction, GarbageCollection (Retention)
 *
 * &lt;root&gt;/latest.json                           the current version; replaced atomically, last
 * &lt;root&gt;/&lt;version&gt;/manifest.json               what the version is; written when all else is there
 * &lt;root&gt;/&lt;version&gt;/dense.safetensors           the dense part, always whole
 * &lt;root&gt;/&lt;version&gt;/embeddings-00000-of-00004.safetensors   rows by ascending fid
 * &lt;root&gt;/&lt;version&gt;/histories-00000-of-00002.safetensors    what users did last, by id
 * &lt;root&gt;/&lt;version&gt;/full.json                   the same version as a full, where it was merged
 * &lt;root&gt;/&lt;version&gt;/announced.json              what was announced of it
 * &lt;root&gt;/pin.json                              holds latest.json in place; only where one is pinned
 * &lt;root&gt;/prune.json                            names what is being deleted; only meanwhile
 * &lt;root&gt;/.staging/                             parts that are not published yet
 * </pre>
 *
 * <p>A version is the model at one checkpoint: {@code <lineage>-<checkpoint>}. The first of all is
 * full; the others hold what changed since their parent. The embedding files of a version are read
 * in the order of its manifest, and a later file's row replaces an earlier one's.
 *
 * <p><b>Merging.</b> A merged full of version V is V in a second form, under the same name and in
 * the same folder. The pointer does not move for it, V's delta stays for followers that hold V's
 * parent, and the next delta names V as its parent as before: {@link
 * io.freshet.snapshot.store.SnapshotReader#chain} takes whichever way is shorter. When V's parents
 * are deleted, the full's manifest takes the place of the delta's in one step. {@code
 * src/docs/snapshots.md} has the details.
 *
 * <p>The reading side ({@link io.freshet.snapshot.store.SnapshotStore}, {@link
 * io.freshet.snapshot.store.SnapshotReader}) needs no Flink.
 */
package io.freshet.snapshot;
