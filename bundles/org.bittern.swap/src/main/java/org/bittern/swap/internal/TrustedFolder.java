package org.bittern.swap.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides from which files code may come into the running process: only those of the user that the
 * process runs as, in folders where nobody else can put or rename anything. Thread-safe, keeps
 * nothing.
 */
final class TrustedFolder {
    /** Of sha256sum(1); each line is a sum and the name of a file beside it. */
    static final String LIST = "SHA256SUMS";

    /** Largest jar, in bytes. */
    static final int MAX_JAR_BYTES = 64 << 20;

    private static final int MAX_LIST_BYTES = 1 << 20;
    private static final int SUM_DIGITS = 64;

    /** S_ISVTX of inode(7): in such a folder only the owner of a file may rename it. */
    private static final int STICKY = 0x200;

    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private TrustedFolder() {}

    /**
     * Reads a jar whose sum stands in the list beside it.
     *
     * @param named as it was typed
     */
    static BundleJar listedJar(String named) throws Refusal {
        Path jar = resolved(named);
        Path folder = checkedFolder(jar);
        byte[] bytes = read(jar, MAX_JAR_BYTES);
        String sum = BundleJar.sha256(bytes);
        String wanted =
                listed(folder.resolve(LIST), String.valueOf(jar.getFileName()))
                        .orElseThrow(
                                () -> new Refusal(jar + " has no line in " + folder.resolve(LIST)));
        if (!sum.equals(wanted)) {
            throw new Refusal(
                    "%s has the sum %s, but %s says %s".formatted(jar, sum, LIST, wanted));
        }
        return BundleJar.of(jar.toString(), bytes);
    }

    /**
     * Reads a jar that the user has just built. It needs no list, and its folder lies where the
     * user works, perhaps with a group: whoever starts a process from there trusts it already.
     */
    static BundleJar builtJar(Path built) throws Refusal {
        Path jar = resolved(built.toString());
        checkOurs(jar, Set.of(PosixFilePermission.OTHERS_WRITE));
        return BundleJar.of(jar.toString(), read(jar, MAX_JAR_BYTES));
    }

    private static Path resolved(String named) throws Refusal {
        try {
            return Path.of(named).toRealPath();
        } catch (InvalidPathException | IOException e) {
            throw new Refusal("there is no file " + named, e);
        }
    }

    /** The folder of a jar; it and the jar belong to the user, and nobody can exchange either. */
    private static Path checkedFolder(Path jar) throws Refusal {
        if (!Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refusal(jar + " is no file");
        }
        Path folder = jar.getParent();
        if (folder == null) {
            throw new Refusal(jar + " lies in no folder");
        }
        checkOurs(jar, OTHERS_WRITE);
        checkOurs(folder, OTHERS_WRITE);
        for (Path above = folder.getParent(); above != null; above = above.getParent()) {
            checkAbove(above);
        }
        return folder;
    }

    private static void checkOurs(Path path, Set<PosixFilePermission> never) throws Refusal {
        PosixFileAttributes found = attributes(path);
        String user = user();
        if (!found.owner().getName().equals(user)) {
            throw new Refusal(
                    "%s belongs to %s, not to %s".formatted(path, found.owner().getName(), user));
        }
        if (found.permissions().stream().anyMatch(never::contains)) {
            throw new Refusal(path + " can be written by others than its owner");
        }
    }

    /** Whoever may write to a folder can put another in place of what is in it. */
    private static void checkAbove(Path folder) throws Refusal {
        PosixFileAttributes found = attributes(folder);
        String owner = found.owner().getName();
        if (!owner.equals(user()) && !owner.equals("root")) {
            throw new Refusal(folder + " belongs to " + owner);
        }
        if (isWritableByOthers(found) && !isSticky(folder)) {
            throw new Refusal(folder + " can be written by others than its owner");
        }
    }

    private static boolean isWritableByOthers(PosixFileAttributes attributes) {
        return attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains);
    }

    private static boolean isSticky(Path folder) {
        try {
            return Files.getAttribute(folder, "unix:mode") instanceof Integer mode
                    && (mode & STICKY) != 0;
        } catch (UnsupportedOperationException | IOException _) {
            return false;
        }
    }

    private static PosixFileAttributes attributes(Path path) throws Refusal {
        try {
            return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IOException e) {
            throw new Refusal("cannot tell who may write to " + path, e);
        }
    }

    /** The owner of what this process makes. */
    private static String user() throws Refusal {
        try {
            return Files.getOwner(Path.of("/proc/self")).getName();
        } catch (IOException _) {
            String name = System.getProperty("user.name");
            if (name == null) {
                throw new Refusal("cannot tell who runs this process");
            }
            return name;
        }
    }

    private static byte[] read(Path file, int most) throws Refusal {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new Refusal(file + " is larger than " + most + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new Refusal("cannot read " + file, e);
        }
    }

    /**
     * The sum of a file; the name may follow two spaces, or a space and an asterisk. The last line
     * counts: sums are appended when a jar was built anew.
     */
    private static Optional<String> listed(Path list, String name) throws Refusal {
        if (!Files.isRegularFile(list, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refusal("there is no list " + list + "; sha256sum makes it");
        }
        checkOurs(list, OTHERS_WRITE);
        String text = new String(read(list, MAX_LIST_BYTES), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.length() > SUM_DIGITS + 2)
                .filter(line -> line.substring(SUM_DIGITS + 2).equals(name))
                .map(line -> line.substring(0, SUM_DIGITS).toLowerCase(Locale.ROOT))
                .reduce((_, later) -> later);
    }
}
