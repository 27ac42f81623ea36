/** A source, an interceptor and a sink to copy: each with the factory that Millrace finds it by. */
package org.example.millrace;
