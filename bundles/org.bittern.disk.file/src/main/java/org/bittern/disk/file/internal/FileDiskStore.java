package org.bittern.disk.file.internal;

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

/** The service: pieces in files. Thread-safe. */
@Component(
        service = DiskStore.class,
        configurationPid = "org.bittern.disk.file",
        property = DiskStore.KIND + "=file")
@Designate(ocd = FileDiskConfig.class)
public final class FileDiskStore implements DiskStore {
    private final FileStores stores;

    @Activate
    public FileDiskStore(FileDiskConfig config, @Reference LoopGroup loops) {
        stores =
                new FileStores(
                        new LocalVolume(),
                        loops.loops().getFirst().buffers(),
                        new FileStores.Limits(config.threads_per_device(), config.open_files()),
                        System::nanoTime);
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
