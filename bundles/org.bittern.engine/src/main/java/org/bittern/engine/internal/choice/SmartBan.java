package org.bittern.engine.internal.choice;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who sent bad blocks. Owned by the torrent loop; not thread-safe.
 *
 * <p>A piece that fails its hash was sent by several peers, and it does not tell which block is
 * bad. So the digest of each of its blocks is kept with its sender; when the piece has come again
 * and is good, the senders of blocks that differ are known. A piece that came from one peer alone
 * needs no proof, and of a v2 piece peers may tell the hashes of its blocks. Besides, every peer
 * that took part in a failed piece loses trust and works on pieces of its own for a while; who is
 * there again and again is banned even without proof. The method is libtorrent's "smart ban". Peers
 * are told apart by address and port.
 */
public final class SmartBan {
    /** Who has fallen this low is banned without proof. */
    static final int LEAST_TRUST = -7;

    /** Trust never grows above this, so that a long good record buys only a few bad pieces. */
    static final int MOST_TRUST = 8;

    /** What a failed piece costs. */
    static final int FAILURE_COST = 2;

    /** Blocks of failed pieces whose digests are kept, of all pieces; about 100 bytes each. */
    static final int MAX_BLOCKS = 1 << 15;

    /** Peers whose trust is kept. */
    static final int MAX_PEERS = 3000;

    private final Map<Integer, List<Evidence>> suspects = new LinkedHashMap<>(); // by piece
    private final Map<InetSocketAddress, Standing> standings =
            new LinkedHashMap<>(4, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Standing> eldest) {
                    return size() > MAX_PEERS;
                }
            };
    private int blocks;

    /** Who sent a block of a failed piece, and what it was. */
    private record Evidence(int block, InetSocketAddress sender, byte[] digest) {}

    private static final class Standing {
        int trust;
        boolean parole;
    }

    /**
     * A piece is bad.
     *
     * @param senders per block; null where it is not known, for example from an earlier run
     * @return who is to be banned at once
     */
    public Set<InetSocketAddress> pieceFailed(List<? extends @Nullable InetSocketAddress> senders) {
        Set<@Nullable InetSocketAddress> distinct = new HashSet<>(senders);
        Set<InetSocketAddress> banned = new HashSet<>();
        for (InetSocketAddress sender : distinct) {
            if (sender == null) {
                continue;
            }
            Standing standing = standings.computeIfAbsent(sender, _ -> new Standing());
            standing.trust = Math.max(LEAST_TRUST, standing.trust - FAILURE_COST);
            standing.parole = true;
            if (distinct.size() == 1 || standing.trust <= LEAST_TRUST) {
                banned.add(sender);
            }
        }
        return banned;
    }

    /**
     * The hashes of its blocks tell which blocks of a piece are bad (BEP 52): who sent the others
     * loses nothing.
     *
     * @param senders per block; null where it is not known
     * @param bad numbers of blocks
     * @return who is to be banned
     */
    public Set<InetSocketAddress> proved(
            List<? extends @Nullable InetSocketAddress> senders, BitSet bad) {
        Set<InetSocketAddress> guilty = new HashSet<>();
        for (int block = bad.nextSetBit(0); block >= 0; block = bad.nextSetBit(block + 1)) {
            InetSocketAddress sender = senders.get(block);
            if (sender != null) {
                Standing standing = standings.computeIfAbsent(sender, _ -> new Standing());
                standing.trust = LEAST_TRUST;
                standing.parole = true;
                guilty.add(sender);
            }
        }
        return guilty;
    }

    /**
     * Whether the blocks of a failed piece are worth {@link #remember}: more than one could be it.
     */
    public static boolean needsProof(List<? extends @Nullable InetSocketAddress> senders) {
        return new HashSet<>(senders).size() > 1;
    }

    /**
     * Keeps what was sent of a bad piece.
     *
     * @param senders per block, null where it is not known
     * @param digests per block, before anything else is written there; kept, not copied
     */
    public void remember(
            int piece, List<? extends @Nullable InetSocketAddress> senders, List<byte[]> digests) {
        if (senders.size() != digests.size()) {
            throw new IllegalArgumentException(
                    "%d senders, %d digests".formatted(senders.size(), digests.size()));
        }
        List<Evidence> evidence = suspects.computeIfAbsent(piece, _ -> new ArrayList<>());
        for (int block = 0; block < senders.size() && evidence.size() < MAX_BLOCKS; block++) {
            InetSocketAddress sender = senders.get(block);
            if (sender != null) {
                evidence.add(new Evidence(block, sender, digests.get(block)));
                blocks++;
            }
        }
        forgetOldest(piece);
    }

    private void forgetOldest(int except) {
        Iterator<Map.Entry<Integer, List<Evidence>>> oldest = suspects.entrySet().iterator();
        while (blocks > MAX_BLOCKS && oldest.hasNext()) {
            Map.Entry<Integer, List<Evidence>> entry = oldest.next();
            if (entry.getKey() != except) {
                blocks -= entry.getValue().size();
                oldest.remove();
            }
        }
    }

    /** Whether a piece failed before, so that its digests are wanted when it is good. */
    public boolean suspects(int piece) {
        return suspects.containsKey(piece);
    }

    /**
     * The piece is good now.
     *
     * @param digests per block of the good piece
     * @return who sent something else before: to be banned
     */
    public Set<InetSocketAddress> unmask(int piece, List<byte[]> digests) {
        Set<InetSocketAddress> liars = new HashSet<>();
        List<Evidence> evidence = suspects.remove(piece);
        if (evidence != null) {
            blocks -= evidence.size();
            for (Evidence item : evidence) {
                if (item.block < digests.size()
                        && !Arrays.equals(item.digest, digests.get(item.block))) {
                    liars.add(item.sender);
                }
            }
        }
        return liars;
    }

    /**
     * A piece is good.
     *
     * @param senders per block, null where it is not known
     */
    public void piecePassed(List<? extends @Nullable InetSocketAddress> senders) {
        if (standings.isEmpty()) {
            return; // the usual case: nothing has ever failed
        }
        for (InetSocketAddress sender : new HashSet<>(senders)) {
            Standing standing = sender == null ? null : standings.get(sender);
            if (standing != null) {
                standing.trust = Math.min(MOST_TRUST, standing.trust + 1);
                standing.parole = false;
            }
        }
    }

    /** Whether the peer took part in a failed piece and in no good one since. */
    public boolean onParole(InetSocketAddress peer) {
        Standing standing = standings.get(peer);
        return standing != null && standing.parole;
    }
}
