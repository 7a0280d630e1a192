package org.bittern.engine.internal.choice;

/** Takes the blocks that the picker wants to be asked for. Must not call the picker. */
@FunctionalInterface
public interface BlockSink {
    /**
     * Ask for this block. The picker counts it as asked for.
     *
     * @param block number in the piece, from 0
     */
    void request(int piece, int block);
}
