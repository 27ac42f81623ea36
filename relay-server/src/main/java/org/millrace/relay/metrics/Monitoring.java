package org.millrace.relay.metrics;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.jmx.JmxReporter;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Component;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.StartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the figures of an agent's components: Flume's JMX beans always, ours under the JMX domain {@code org.millrace}, and both as JSON
 * over HTTP where {@code -Dflume.monitoring.type=http} asks for it.
 */
public final class Monitoring implements Component {
    private static final Logger log = LoggerFactory.getLogger(Monitoring.class);

    private final MonitoringSettings settings;
    private final MetricRegistry registry;
    private final List<ComponentMetrics> components;
    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final List<ObjectName> registered = new ArrayList<>();
    private final JmxReporter reporter;
    private @Nullable MetricsHttpServer http;
    private @Nullable InetSocketAddress address;

    /** @param registry holds the components' own figures */
    public Monitoring(MonitoringSettings settings, MetricRegistry registry, List<ComponentMetrics> components) {
        this.settings = settings;
        this.registry = registry;
        this.components = List.copyOf(components);
        this.reporter = JmxReporter.forRegistry(registry)
                .registerWith(beans)
                .inDomain("org.millrace")
                .build();
    }

    @Override
    public void start() throws StartException {
        try {
            for (ComponentMetrics component : components) {
                register(new FlumeBean(component));
            }
            reporter.start();
        } catch (JMException e) {
            close();
            throw new StartException("metrics: cannot register with JMX", e);
        }
        if (settings.http() != null) {
            http = new MetricsHttpServer(settings.http(), new MetricsHttpHandler(new MetricsJson(beans, registry)));
            try {
                address = http.start();
            } catch (StartException e) {
                close();
                throw e;
            }
            log.info("metrics: http://{}:{}/metrics", urlHost(address.getAddress()), address.getPort());
        }
    }

    private static String urlHost(InetAddress address) {
        if (address.isAnyLocalAddress()) {
            return "localhost";
        }
        return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }

    /** Where HTTP is answered, or null. */
    public @Nullable InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        if (http != null) {
            http.close();
            http = null;
            address = null;
        }
        reporter.stop();
        for (ObjectName name : registered) {
            try {
                beans.unregisterMBean(name);
            } catch (InstanceNotFoundException e) {
                log.debug("metrics: {} was taken away by someone else", name, e);
            } catch (JMException e) {
                log.warn("metrics: cannot unregister {}", name, e);
            }
        }
        registered.clear();
    }

    private void register(FlumeBean bean) throws JMException {
        ObjectName name = bean.objectName();
        if (beans.isRegistered(name)) {
            beans.unregisterMBean(name);
        }
        beans.registerMBean(bean, name);
        registered.add(name);
    }
}
