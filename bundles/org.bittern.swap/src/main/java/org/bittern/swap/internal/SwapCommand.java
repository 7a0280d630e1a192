package org.bittern.swap.internal;

import java.time.Duration;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.bundle.CollisionHook;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.metatype.annotations.Designate;

/**
 * {@code bittern:swap BUNDLE JAR}, for Gogo and for the local control channel. There is no such
 * method in any RPC: who may bring code into the process has a login on its machine.
 */
@Component(
        service = SwapCommand.class,
        immediate = true,
        configurationPid = "org.bittern.swap",
        property = {"osgi.command.scope=bittern", "osgi.command.function=swap"})
@Designate(ocd = SwapConfig.class)
public final class SwapCommand {
    private static final int MAX_PATIENCE_SECONDS = 600;

    private final Swapper swapper;
    private final ServiceRegistration<CollisionHook> sameVersions;

    /** Replaces bundles of the framework that it runs in. */
    @Activate
    public SwapCommand(
            BundleContext context,
            SwapConfig config,
            @Reference ServiceComponentRuntime components) {
        int seconds = Math.clamp(config.patience_seconds(), 1, MAX_PATIENCE_SECONDS);
        swapper = new Swapper(context, components, System::nanoTime, Duration.ofSeconds(seconds));
        // A rebuilt bundle has the version of the one that it is to replace.
        sameVersions =
                context.registerService(
                        CollisionHook.class, (_, _, candidates) -> candidates.clear(), null);
    }

    @Deactivate
    void close() {
        sameVersions.unregister();
    }

    /**
     * Replaces a running bundle.
     *
     * @param bundle symbolic name
     * @param jar file in a folder of the user, with its sum in {@code SHA256SUMS} beside it
     */
    public String swap(String bundle, String jar) throws Exception {
        BundleJar trusted = TrustedFolder.listedJar(jar);
        if (!trusted.symbolicName().equals(bundle)) {
            throw new Refusal("%s is %s, not %s".formatted(jar, trusted.symbolicName(), bundle));
        }
        return swapper.swap(List.of(trusted)).line();
    }

    /** The same for jars that the user has just built. */
    SwapReport swapBuilt(List<BundleJar> jars) throws Refusal {
        return swapper.swap(jars);
    }
}
