/** Port mapping by PCP, NAT-PMP and UPnP: what gateways say is not trusted. */
@NullMarked
package org.bittern.portmap.internal;

import org.jspecify.annotations.NullMarked;
