package org.bittern.disk.memory.internal;

import java.time.InstantSource;
import org.bittern.api.engine.Subscription;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.LoopGroup;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** The service: pieces in memory, for tests and throw-away use. Thread-safe. */
@Component(
        service = DiskStore.class,
        configurationPid = "org.bittern.disk.memory",
        property = DiskStore.KIND + "=memory")
@Designate(ocd = MemoryDiskConfig.class)
public final class MemoryDiskStore implements DiskStore {
    private final MemoryStores stores;

    @Activate
    public MemoryDiskStore(MemoryDiskConfig config, @Reference LoopGroup loops) {
        stores =
                new MemoryStores(
                        loops.loops().getFirst().buffers(),
                        (long) config.limit_mib() << 20,
                        InstantSource.system());
    }

    @Deactivate
    void stop() {
        stores.close();
    }

    @Override
    public TorrentStore open(StoreSpec spec) {
        return stores.open(spec);
    }

    @Override
    public long waitingBytes() {
        return stores.waitingBytes();
    }

    @Override
    public void waitingLimit(long bytes) {
        stores.waitingLimit(bytes);
    }

    @Override
    public boolean congested() {
        return stores.congested();
    }

    @Override
    public Subscription onRelief(Runnable relieved) {
        return stores.onRelief(relieved);
    }
}
