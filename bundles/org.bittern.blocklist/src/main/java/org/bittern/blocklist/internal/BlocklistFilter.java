package org.bittern.blocklist.internal;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.engine.SessionPart;
import org.bittern.spi.filter.IpFilter;
import org.bittern.spi.net.Downloads;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Puts {@link Blocklists} among the services. Thread-safe. */
@Component(service = {IpFilter.class, SessionPart.class, Blocklist.class})
public final class BlocklistFilter implements IpFilter, SessionPart, Blocklist {
    private final Blocklists lists;

    /**
     * Made without lists.
     *
     * @param downloads got when a list is fetched: what downloads asks the filters, this one too
     */
    @Activate
    public BlocklistFilter(@Reference ComponentServiceObjects<Downloads> downloads) {
        lists =
                new Blocklists(
                        (url, most, within, to) -> {
                            Downloads present = downloads.getService();
                            try {
                                return present.fetch(url, most, within, to);
                            } finally {
                                downloads.ungetService(present);
                            }
                        },
                        task -> Thread.ofVirtual().name("blocklist-update").start(task));
    }

    @Override
    public boolean blocks(InetAddress address) {
        return lists.blocks(address);
    }

    @Override
    public boolean ready() {
        return lists.ready();
    }

    @Override
    public int rules() {
        return lists.rules();
    }

    @Override
    public int loadedRules() {
        return lists.loadedRules();
    }

    @Override
    public Subscription onChange(Runnable changed) {
        return lists.onChange(changed);
    }

    @Override
    public void obey(Settings settings, Optional<Path> directory) {
        lists.obey(settings, directory);
    }

    @Override
    public CompletionStage<Update> update() {
        return lists.update();
    }
}
