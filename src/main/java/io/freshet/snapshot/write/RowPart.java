package io.freshet.snapshot.write;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.RowBuffer;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;

/** Rows of a shard. */
final class RowPart implements PartBuffer<RowBlock> {
  private final RowBuffer rows;
  private final int most;

  /**
   * @param width floats of a row
   * @param most distinct rows that are held
   */
  RowPart(int width, int most) {
    rows = new RowBuffer(width);
    this.most = most;
  }

  @Override
  public void add(RowBlock block) {
    rows.add(block);
  }

  @Override
  public boolean isEmpty() {
    return rows.size() == 0;
  }

  @Override
  public boolean isFull() {
    return rows.size() >= most;
  }

  @Override
  public PublisherInput.Part write(String path, WritableStorage storage) throws IOException {
    return PartFile.write(rows, path, storage);
  }

  @Override
  public void clear() {
    rows.clear();
  }
}
