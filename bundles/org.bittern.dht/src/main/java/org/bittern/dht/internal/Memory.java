package org.bittern.dht.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes at which the next node of ours begins: those of the last one, and before there was any
 * those of an earlier run. Thread-safe; the lock keeps writers of the file in turn, and {@link
 * #settle} waits for them.
 */
final class Memory {
    private static final Logger log = LoggerFactory.getLogger(Memory.class);

    private final Workers workers;
    private volatile List<InetSocketAddress> nodes = List.of();
    private @Nullable Path directory; // null while nothing outlives the engine
    private @Nullable Thread writer; // the last one; null before there was any

    Memory(Workers workers) {
        this.workers = workers;
    }

    /** Where to begin. */
    List<InetSocketAddress> nodes() {
        return nodes;
    }

    /** The session is kept here. */
    synchronized void in(Optional<Path> now) {
        Path before = directory;
        directory = now.orElse(null);
        if (directory == null || directory.equals(before)) {
            return;
        }
        try {
            List<Contact> loaded = new NodeFile(directory).load();
            if (nodes.isEmpty()) {
                nodes = loaded.stream().map(Contact::address).toList();
            }
        } catch (IOException e) {
            log.warn("{} of the DHT cannot be read: {}", NodeFile.NAME, e.getMessage());
        }
    }

    /** These answered lately. Returns at once; an empty list says nothing. */
    synchronized void keep(List<Contact> contacts) {
        if (contacts.isEmpty()) {
            return;
        }
        nodes = contacts.stream().map(Contact::address).toList();
        Path there = directory;
        if (there != null) {
            Thread before = writer;
            writer = workers.run("nodes", () -> write(new NodeFile(there), contacts, before));
        }
    }

    private static void write(NodeFile file, List<Contact> contacts, @Nullable Thread before) {
        try {
            if (before != null) {
                before.join();
            }
            file.save(contacts);
        } catch (IOException e) {
            log.warn("{} of the DHT cannot be written: {}", NodeFile.NAME, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for what is being written. */
    void settle(long millis) {
        Thread last;
        synchronized (this) {
            last = writer;
        }
        try {
            if (last != null) {
                last.join(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
