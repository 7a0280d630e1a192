/** The settings of the engine as a configuration of the framework, both ways. */
@NullMarked
package org.bittern.settings.internal;

import org.jspecify.annotations.NullMarked;
