package org.bittern.engine.internal.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may read his files through: a few at a time on each device, for a disk that reads two things
 * at once reads both slowly. Others wait in the order of the queue. Thread-safe; a lock and not a
 * loop, because torrents of all loops share it.
 */
public final class CheckQueue {
    private final Map<String, Device> devices = new HashMap<>();
    private int size = 1;

    /** Those of one device. */
    private static final class Device {
        final List<Ticket> waiting = new ArrayList<>();
        int running;
    }

    /** A check that waits or runs. */
    public static final class Ticket {
        private final String device;
        private final Seat seat;
        private final Runnable begin;
        private boolean running;
        private boolean ended;

        private Ticket(String device, Seat seat, Runnable begin) {
            this.device = device;
            this.seat = seat;
            this.begin = begin;
        }
    }

    /** How many checks run at a time on one device, 1 or more. */
    public void size(int now) {
        List<Ticket> next = new ArrayList<>();
        synchronized (this) {
            size = now;
            devices.values().forEach(device -> admit(device, next));
        }
        next.forEach(ticket -> ticket.begin.run());
    }

    /**
     * Asks for a check; {@link #done} must follow in any case.
     *
     * @param device name of what the files are on
     * @param begin called once, on any thread, when it may begin
     */
    public Ticket ask(String device, Seat seat, Runnable begin) {
        Ticket ticket = new Ticket(device, seat, begin);
        List<Ticket> next = new ArrayList<>();
        synchronized (this) {
            Device where = devices.computeIfAbsent(device, name -> new Device());
            where.waiting.add(ticket);
            admit(where, next);
        }
        next.forEach(each -> each.begin.run());
        return ticket;
    }

    /** A check has ended, or is not wanted any more. Idempotent. */
    public void done(Ticket ticket) {
        List<Ticket> next = new ArrayList<>();
        synchronized (this) {
            Device where = devices.get(ticket.device);
            if (ticket.ended || where == null) {
                return;
            }
            ticket.ended = true;
            if (ticket.running) {
                where.running--;
            } else {
                where.waiting.remove(ticket);
            }
            admit(where, next);
            if (where.running == 0 && where.waiting.isEmpty()) {
                devices.remove(ticket.device);
            }
        }
        next.forEach(each -> each.begin.run());
    }

    private void admit(Device device, List<Ticket> next) {
        while (device.running < size && !device.waiting.isEmpty()) {
            Ticket first =
                    device.waiting.stream()
                            .min(Comparator.comparingInt(ticket -> ticket.seat.position()))
                            .orElseThrow();
            device.waiting.remove(first);
            first.running = true;
            device.running++;
            next.add(first);
        }
    }
}
