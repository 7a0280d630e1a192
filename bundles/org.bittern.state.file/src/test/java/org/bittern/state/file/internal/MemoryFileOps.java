package org.bittern.state.file.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A disk that forgets what was not synced. After {@link #losePower} a file whose content was not
 * synced has a piece of it, and of the changes of names since the directory was synced any subset
 * has survived: all that POSIX leaves open.
 */
final class MemoryFileOps implements FileOps {
    private static final class Inode {
        byte[] content = new byte[0];
        boolean synced;
    }

    private interface Change {
        void apply(Map<Path, Inode> names);
    }

    private Map<Path, Inode> names = new HashMap<>();
    private final Map<Path, Inode> durable = new HashMap<>();
    private final Map<Path, List<Change>> pending = new HashMap<>();

    void losePower(RandomGenerator random) {
        pending.values()
                .forEach(changes ->
                        changes.stream()
                                .filter(_ -> random.nextBoolean())
                                .forEach(change -> change.apply(durable)));
        pending.clear();
        for (Inode inode : durable.values()) {
            if (!inode.synced) {
                int kept = random.nextInt(inode.content.length + 1);
                inode.content = Arrays.copyOf(inode.content, kept);
                inode.synced = true;
            }
        }
        names = new HashMap<>(durable);
    }

    private Inode inode(Path file) {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new AssertionError("no " + file);
        }
        return inode;
    }

    private void change(Path file, Change change) {
        change.apply(names);
        pending.computeIfAbsent(file.getParent(), _ -> new ArrayList<>()).add(change);
    }

    @Override
    public void makeDirectories(Path directory) {
        // directories are there
    }

    @Override
    public void create(Path file) throws IOException {
        if (names.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Inode inode = new Inode();
        change(file, map -> map.put(file, inode));
    }

    @Override
    public void append(Path file, byte[] bytes) {
        Inode inode = inode(file);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(inode.content);
        content.writeBytes(bytes);
        inode.content = content.toByteArray();
        inode.synced = false;
    }

    @Override
    public void sync(Path file) {
        inode(file).synced = true;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Inode inode = names.get(from);
        if (inode == null) {
            throw new NoSuchFileException(from.toString());
        }
        if (names.get(to) != inode) {
            change(
                    to,
                    map -> {
                        map.put(to, inode);
                        map.remove(from, inode);
                    });
        }
    }

    @Override
    public void link(Path file, Path second) throws IOException {
        if (names.containsKey(second)) {
            throw new FileAlreadyExistsException(second.toString());
        }
        Inode inode = inode(file);
        change(second, map -> map.put(second, inode));
    }

    @Override
    public void delete(Path file) {
        if (names.containsKey(file)) {
            change(file, map -> map.remove(file));
        }
    }

    @Override
    public void syncDirectory(Path directory) {
        List<Change> changes = pending.remove(directory);
        if (changes != null) {
            changes.forEach(change -> change.apply(durable));
        }
    }

    @Override
    public boolean exists(Path file) {
        return names.containsKey(file);
    }

    @Override
    public Optional<byte[]> read(Path file, int maxBytes) throws IOException {
        Inode inode = names.get(file);
        if (inode != null && inode.content.length > maxBytes) {
            throw new IOException(file + " is too long");
        }
        return Optional.ofNullable(inode).map(found -> found.content.clone());
    }

    @Override
    public List<String> list(Path directory) {
        TreeSet<String> found = new TreeSet<>();
        names.keySet().stream()
                .filter(file -> directory.equals(file.getParent()))
                .forEach(file -> found.add(String.valueOf(file.getFileName())));
        return List.copyOf(found);
    }
}
