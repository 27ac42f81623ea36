package org.millrace.relay.metrics;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.jmx.JmxReporter;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.StartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the figures of an agent's components: Flume's JMX beans always, ours under the JMX domain {@code org.millrace}, and both as JSON
 * over HTTP where {@code -Dflume.monitoring.type=http} asks for it.
 */
public final class Monitoring implements Display {
    private static final Logger log = LoggerFactory.getLogger(Monitoring.class);

    private final MonitoringSettings settings;
    private final MetricRegistry registry;
    private final List<ComponentMetrics> components;
    private final IdentityHashMap<MetricRegistry, Mirror> mirrors = new IdentityHashMap<>();
    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final List<ObjectName> registered = new ArrayList<>();
    private final JmxReporter reporter;
    private @Nullable MetricsHttpServer http;
    private @Nullable InetSocketAddress address;
    private boolean started;

    /**
     * @param registry holds our own figures, of these components and of those to come
     * @param components known from the start
     */
    public Monitoring(MonitoringSettings settings, MetricRegistry registry, List<ComponentMetrics> components) {
        this.settings = settings;
        this.registry = registry;
        this.components = new ArrayList<>(components);
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
            started = true;
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

    @Override
    public void show(ComponentMetrics component) {
        components.add(component);
        mirror(component.registry());
        if (started) {
            try {
                register(new FlumeBean(component));
            } catch (JMException e) {
                log.warn("metrics: cannot register {} {} with JMX", component.kind(), component.component(), e);
            }
        }
    }

    @Override
    public void show(SinkGroupMetrics group) {
        mirror(group.registry());
    }

    @Override
    public void hide(ComponentMetrics component) {
        components.remove(component);
        unmirror(component.registry());
        ObjectName name = new FlumeBean(component).objectName();
        if (registered.remove(name)) {
            unregister(name);
        }
    }

    @Override
    public void hide(SinkGroupMetrics group) {
        unmirror(group.registry());
    }

    private void mirror(MetricRegistry part) {
        if (part != registry && !mirrors.containsKey(part)) {
            Mirror mirror = new Mirror(registry);
            mirrors.put(part, mirror);
            part.addListener(mirror);
        }
    }

    private void unmirror(MetricRegistry part) {
        Mirror mirror = mirrors.remove(part);
        if (mirror != null) {
            part.removeListener(mirror);
            part.getNames().forEach(registry::remove);
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
        registered.forEach(this::unregister);
        registered.clear();
        started = false;
    }

    private void unregister(ObjectName name) {
        try {
            beans.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            log.debug("metrics: {} was taken away by someone else", name, e);
        } catch (JMException e) {
            log.warn("metrics: cannot unregister {}", name, e);
        }
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
