package org.bittern.control;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** More routes for the HTTP plane, offered as a service. They never shadow its own. */
@ConsumerType
public interface Routes {
    /** The routes; the same at each call. */
    List<Route> routes();
}
