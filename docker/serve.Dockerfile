# Serving and its console, on a plain Java runtime. Build it from the project's root, after
# mvn -q -DskipTests package:
#
#   docker build -f docker/serve.Dockerfile -t freshet-serve:0.1.0 .
FROM flink:2.2.1-java17 AS flink

FROM eclipse-temurin:17.0.20.1_1-jre-noble

RUN useradd --system --uid 10001 --no-create-home freshet

# Snapshots in S3 are read by Flink's plugin; FLINK_CONF_DIR may name a folder with its settings.
COPY --from=flink /opt/flink/opt/flink-s3-fs-presto-2.2.1.jar /opt/freshet/plugins/s3-fs-presto/
ENV FLINK_PLUGINS_DIR=/opt/freshet/plugins

COPY target/freshet-serve.jar /opt/freshet/freshet-serve.jar
COPY docker/http-ok.sh /opt/freshet/http-ok.sh

# Three quarters of the container's memory are the heap, which holds the rows of --store memory. The
# process does not exit on an OutOfMemoryError: one new model that does not fit would end all replicas at
# once, while each can go on with the model it has. What answers no more, the health check finds.
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75"

# A new volume takes its owner from here: of --store rocksdb --store-dir /var/lib/freshet/store. Else only
# /tmp is written, where native libraries unpack themselves.
RUN mkdir -p /var/lib/freshet/store && chown -R freshet /var/lib/freshet/store

USER 10001
EXPOSE 8500 8501
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=5 \
    CMD ["bash", "/opt/freshet/http-ok.sh", "8500", "/healthz"]
ENTRYPOINT ["java", "-jar", "/opt/freshet/freshet-serve.jar"]
CMD ["serve", "--snapshots", "/var/lib/freshet/snapshots", "--bind", "0.0.0.0"]
