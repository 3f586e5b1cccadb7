# All commands of freshet.jar, for the simulated stream, on a plain Java runtime. Build it from the
# project's root, after mvn -q -DskipTests package:
#
#   docker build -f docker/lab.Dockerfile -t freshet-lab:0.1.0 .
FROM eclipse-temurin:17.0.20.1_1-jre-noble

RUN useradd --system --uid 10001 --no-create-home freshet

COPY target/freshet.jar /opt/freshet/freshet.jar

# Three quarters of the container's memory are the heap.
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError"

USER 10001
ENTRYPOINT ["java", "-jar", "/opt/freshet/freshet.jar"]
