package org.bittern.peer.internal.fake;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/** Writes down what happens to a link; lets go of blocks unless told to keep them. */
public final class RecordedEvents implements LinkEvents {
    public @Nullable PeerLink link;
    public final List<PeerMessage> messages = new ArrayList<>();
    public final List<Block> blocks = new ArrayList<>();
    public final List<PooledBuffer> kept = new ArrayList<>();
    public final List<String> sent = new ArrayList<>();
    public boolean keepBlocks;
    public int progressBytes;
    public int opened;
    public int closings;
    public boolean violation;
    public String reason = "";
    public Runnable onOpened = () -> {};
    public Runnable onMessage = () -> {};

    /** A block as it arrived. */
    public record Block(int piece, int begin, String hex) {
        public static Block of(int piece, int begin, byte[] bytes) {
            return new Block(piece, begin, HexFormat.of().formatHex(bytes));
        }
    }

    /** The link, which must be open. */
    public PeerLink open() {
        PeerLink open = link;
        if (open == null) {
            throw new IllegalStateException("no link: " + reason);
        }
        return open;
    }

    /** Neither messages nor any byte of a block. */
    public boolean receivedNothing() {
        return messages.isEmpty() && blocks.isEmpty() && progressBytes == 0;
    }

    @Override
    public void opened(PeerLink opened) {
        this.opened++;
        link = opened;
        onOpened.run();
    }

    @Override
    public void message(PeerMessage message) {
        messages.add(message);
        onMessage.run();
    }

    @Override
    public void block(int piece, int begin, PooledBuffer data) {
        byte[] bytes = new byte[data.bytes().remaining()];
        data.bytes().duplicate().get(bytes);
        blocks.add(Block.of(piece, begin, bytes));
        if (keepBlocks) {
            kept.add(data);
        } else {
            data.release();
        }
    }

    @Override
    public void progress(int bytes) {
        progressBytes += bytes;
    }

    @Override
    public void blockSent(int piece, int begin, int length) {
        sent.add(piece + "/" + begin + "+" + length);
    }

    @Override
    public void closed(boolean broken, String why) {
        closings++;
        violation = broken;
        reason = why;
    }
}
