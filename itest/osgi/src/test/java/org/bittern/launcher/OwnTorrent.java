package org.bittern.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * A file of random bytes and its torrent file.
 *
 * @param directory where the file lies
 * @param name of the file
 * @param id info-hash in hex
 * @param torrent the torrent file
 */
record OwnTorrent(Path directory, String name, String id, byte[] torrent) {
    static final int PIECE_BYTES = 64 << 10;

    /**
     * Makes both.
     *
     * @param directory is made
     * @param pieces how long the file is
     * @param more further entries of the torrent file in bencoding, by key: those before {@code
     *     info}, and those after
     */
    static OwnTorrent in(Path directory, String name, int pieces, Random random, String... more)
            throws IOException, NoSuchAlgorithmException {
        Files.createDirectories(directory);
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        long length = (long) pieces * PIECE_BYTES;
        write(info, "d6:lengthi" + length + "e4:name" + string(name));
        write(info, "12:piece lengthi" + PIECE_BYTES + "e6:pieces" + 20 * pieces + ":");
        try (var file = Files.newOutputStream(directory.resolve(name))) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int i = 0; i < pieces; i++) {
                random.nextBytes(piece);
                file.write(piece);
                info.write(sha1.digest(piece));
            }
        }
        write(info, "e");
        ByteArrayOutputStream torrent = new ByteArrayOutputStream();
        write(torrent, "d" + (more.length > 0 ? more[0] : "") + "4:info");
        torrent.write(info.toByteArray());
        write(torrent, (more.length > 1 ? more[1] : "") + "e");
        String id = HexFormat.of().formatHex(sha1.digest(info.toByteArray()));
        return new OwnTorrent(directory, name, id, torrent.toByteArray());
    }

    /** A text in bencoding. */
    static String string(String text) {
        return text.length() + ":" + text;
    }

    private static void write(ByteArrayOutputStream out, String text) throws IOException {
        out.write(text.getBytes(ISO_8859_1));
    }

    Path content() {
        return directory.resolve(name);
    }

    /** Cuts pieces off the end of the file. */
    void keep(int pieces) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(content().toFile(), "rw")) {
            file.setLength((long) pieces * PIECE_BYTES);
        }
    }

    /** Changes a byte of the first piece and nothing else: who checks the file finds out. */
    void spoil() throws IOException {
        FileTime time = Files.getLastModifiedTime(content());
        try (RandomAccessFile file = new RandomAccessFile(content().toFile(), "rw")) {
            int first = file.read();
            file.seek(0);
            file.write(~first);
        }
        Files.setLastModifiedTime(content(), time);
    }
}
