package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Passes steps on until a number of changing steps is used up, then refuses every one. */
final class CrashingFileOps implements FileOps {
    private final FileOps real;
    private int stepsLeft;

    CrashingFileOps(FileOps real, int steps) {
        this.real = real;
        stepsLeft = steps;
    }

    boolean crashed() {
        return stepsLeft < 0;
    }

    private void step() throws IOException {
        if (stepsLeft <= 0) {
            stepsLeft = -1;
            throw new IOException("crashed");
        }
        stepsLeft--;
    }

    private void alive() throws IOException {
        if (stepsLeft < 0) {
            throw new IOException("crashed");
        }
    }

    @Override
    public void makeDirectories(Path directory) throws IOException {
        step();
        real.makeDirectories(directory);
    }

    @Override
    public void create(Path file) throws IOException {
        step();
        real.create(file);
    }

    @Override
    public void append(Path file, byte[] bytes) throws IOException {
        step();
        real.append(file, bytes);
    }

    @Override
    public void sync(Path file) throws IOException {
        step();
        real.sync(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        real.rename(from, to);
    }

    @Override
    public void link(Path file, Path second) throws IOException {
        step();
        real.link(file, second);
    }

    @Override
    public void delete(Path file) throws IOException {
        step();
        real.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step();
        real.syncDirectory(directory);
    }

    @Override
    public boolean exists(Path file) {
        return real.exists(file);
    }

    @Override
    public Optional<byte[]> read(Path file, int maxBytes) throws IOException {
        alive();
        return real.read(file, maxBytes);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        alive();
        return real.list(directory);
    }
}
