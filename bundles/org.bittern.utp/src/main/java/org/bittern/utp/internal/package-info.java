/** uTP, a reliable byte stream over UDP that gives way to other traffic (BEP 29). Private. */
@NullMarked
package org.bittern.utp.internal;

import org.jspecify.annotations.NullMarked;
