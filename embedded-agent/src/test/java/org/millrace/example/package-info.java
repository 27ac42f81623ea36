/** What {@code docs/embedded.md} shows, and that it runs. */
package org.millrace.example;
