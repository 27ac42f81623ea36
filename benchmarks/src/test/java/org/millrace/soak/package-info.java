@NullMarked
package org.millrace.soak;

import org.jspecify.annotations.NullMarked;
