package org.bittern.spi.peer;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.bittern.metainfo.Bitfield;

/**
 * A message of the peer protocol, except blocks, which travel as buffers ({@link LinkEvents#block},
 * {@link PeerLink#sendBlock}).
 *
 * <p>Piece numbers are not negative; {@code begin} and {@code length} are bytes within the piece.
 * Arrays are shared: who makes or gets a message does not change them.
 */
public sealed interface PeerMessage {

    /** Length prefix 0 (BEP 3). */
    record KeepAlive() implements PeerMessage {}

    /** Id 0 (BEP 3). */
    record Choke() implements PeerMessage {}

    /** Id 1 (BEP 3). */
    record Unchoke() implements PeerMessage {}

    /** Id 2 (BEP 3). */
    record Interested() implements PeerMessage {}

    /** Id 3 (BEP 3). */
    record NotInterested() implements PeerMessage {}

    /** Id 4 (BEP 3). */
    record Have(int piece) implements PeerMessage {
        public Have {
            checkPiece(piece);
        }
    }

    /**
     * Id 5 (BEP 3).
     *
     * @param wire high bit first; while the number of pieces is unknown its length and spare bits
     *     are not checked yet
     */
    record Pieces(byte[] wire) implements PeerMessage {
        public static Pieces of(Bitfield pieces) {
            return new Pieces(pieces.toWire());
        }
    }

    /** Id 6 (BEP 3). */
    record Request(int piece, int begin, int length) implements PeerMessage {
        public Request {
            checkBlock(piece, begin, length);
        }
    }

    /** Id 8 (BEP 3). */
    record Cancel(int piece, int begin, int length) implements PeerMessage {
        public Cancel {
            checkBlock(piece, begin, length);
        }
    }

    /** Id 9 (BEP 5). */
    record DhtPort(int port) implements PeerMessage {}

    /** Id 13 (BEP 6). */
    record Suggest(int piece) implements PeerMessage {
        public Suggest {
            checkPiece(piece);
        }
    }

    /** Id 14 (BEP 6). */
    record HaveAll() implements PeerMessage {}

    /** Id 15 (BEP 6). */
    record HaveNone() implements PeerMessage {}

    /** Id 16 (BEP 6). */
    record Reject(int piece, int begin, int length) implements PeerMessage {
        public Reject {
            checkBlock(piece, begin, length);
        }
    }

    /** Id 17 (BEP 6). */
    record AllowedFast(int piece) implements PeerMessage {
        public AllowedFast {
            checkPiece(piece);
        }
    }

    /**
     * Id 21 (BEP 52).
     *
     * @param piecesRoot 32 bytes
     */
    record HashRequest(byte[] piecesRoot, int baseLayer, int index, int length, int proofLayers)
            implements PeerMessage {}

    /**
     * Id 22 (BEP 52).
     *
     * @param hashes 32 bytes each, the asked ones and then the proof
     */
    record Hashes(
            byte[] piecesRoot,
            int baseLayer,
            int index,
            int length,
            int proofLayers,
            List<byte[]> hashes)
            implements PeerMessage {}

    /** Id 23 (BEP 52). */
    record HashReject(byte[] piecesRoot, int baseLayer, int index, int length, int proofLayers)
            implements PeerMessage {}

    /**
     * Extension handshake, id 20/0 (BEP 10). Ours: {@code extensions} is ignored, the protocol
     * bundle fills in what it speaks, less what {@code withheld} names.
     *
     * @param extensions name → id that the peer wants to receive
     * @param withheld names not to announce, for example {@code ut_pex} of a private torrent (BEP
     *     27)
     * @param client name and version, key {@code v}
     * @param listenPort key {@code p}
     * @param requestQueue key {@code reqq}: requests that the side keeps
     * @param metadataBytes key {@code metadata_size} (BEP 9)
     * @param uploadOnly key {@code upload_only} (BEP 21)
     * @param yourAddress key {@code yourip}: 4 or 16 bytes (BEP 10)
     */
    record ExtendedHandshake(
            Map<String, Integer> extensions,
            List<String> withheld,
            String client,
            OptionalInt listenPort,
            OptionalInt requestQueue,
            OptionalLong metadataBytes,
            boolean uploadOnly,
            Optional<byte[]> yourAddress)
            implements PeerMessage {}

    /** ut_metadata request (BEP 9). */
    record MetadataRequest(int piece) implements PeerMessage {
        public MetadataRequest {
            checkPiece(piece);
        }
    }

    /**
     * ut_metadata data (BEP 9).
     *
     * @param totalBytes size of the whole metadata
     * @param data 16384 bytes, the last piece may be shorter
     */
    record MetadataData(int piece, long totalBytes, byte[] data) implements PeerMessage {
        public MetadataData {
            checkPiece(piece);
        }
    }

    /** ut_metadata reject (BEP 9). */
    record MetadataReject(int piece) implements PeerMessage {
        public MetadataReject {
            checkPiece(piece);
        }
    }

    /** ut_pex (BEP 11). */
    record Pex(List<PexPeer> added, List<InetSocketAddress> dropped) implements PeerMessage {}

    /**
     * A peer that another peer knows.
     *
     * @param flags of BEP 11: 1 encryption, 2 seed, 4 uTP, 8 holepunch, 16 reachable
     */
    record PexPeer(InetSocketAddress address, int flags) {}

    /** lt_donthave (BEP 54). */
    record DontHave(int piece) implements PeerMessage {
        public DontHave {
            checkPiece(piece);
        }
    }

    /** upload_only as an extension message of libtorrent (BEP 21). */
    record UploadOnly(boolean uploadOnly) implements PeerMessage {}

    /**
     * ut_holepunch (BEP 55).
     *
     * @param type 0 rendezvous, 1 connect, 2 error
     * @param error 0 none, 1 no such peer, 2 not connected, 3 no support, 4 no self
     */
    record Holepunch(int type, InetSocketAddress address, int error) implements PeerMessage {}

    private static void checkPiece(int piece) {
        if (piece < 0) {
            throw new IllegalArgumentException("piece " + piece);
        }
    }

    private static void checkBlock(int piece, int begin, int length) {
        checkPiece(piece);
        if (begin < 0 || length <= 0) {
            throw new IllegalArgumentException("block at " + begin + " of " + length + " bytes");
        }
    }
}
