# One build, one target per process: docker build --target payout .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# First only what the restore reads: a changed line of code restores nothing again.
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json ./
COPY src/Contracts/Contracts.csproj src/Contracts/packages.lock.json src/Contracts/
COPY src/Plumbing/Plumbing.csproj src/Plumbing/packages.lock.json src/Plumbing/
COPY src/Harness/Harness.csproj src/Harness/packages.lock.json src/Harness/
COPY src/Ingestion/Ingestion.csproj src/Ingestion/packages.lock.json src/Ingestion/
COPY src/Scoring/Scoring.csproj src/Scoring/packages.lock.json src/Scoring/
COPY src/Settlement/Settlement.csproj src/Settlement/packages.lock.json src/Settlement/
COPY src/Payout/Payout.csproj src/Payout/packages.lock.json src/Payout/
COPY src/Replay/Replay.csproj src/Replay/packages.lock.json src/Replay/
COPY src/Console/Console.csproj src/Console/packages.lock.json src/Console/
COPY src/Contestctl/Contestctl.csproj src/Contestctl/packages.lock.json src/Contestctl/
COPY src/StripeSimulator/StripeSimulator.csproj src/StripeSimulator/packages.lock.json src/StripeSimulator/
RUN for project in Ingestion Scoring Settlement Payout Contestctl Console StripeSimulator; do dotnet restore src/$project/$project.csproj || exit 1; done
COPY BannedSymbols*.txt ./
COPY src src
# The analyzers judge in CI; here they would only take time.
RUN for project in Ingestion Scoring Settlement Payout Contestctl Console StripeSimulator; do \
      dotnet publish src/$project/$project.csproj -c Release -o /app/$project --no-restore -p:UseAppHost=false -p:RunAnalyzers=false || exit 1; \
    done

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base
WORKDIR /app
USER $APP_UID
ENV DOTNET_gcServer=0

# Alive is whose loops turn. Inside the container only; who wants to ask /healthz and /readyz from outside sets HEALTH_URL=http://0.0.0.0:8090.
FROM base AS worker
ENV HEALTH_URL=http://127.0.0.1:8090
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/8090 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]

FROM worker AS ingestion
COPY --from=build /app/Ingestion .
ENTRYPOINT ["dotnet", "ContestPipeline.Ingestion.dll"]

FROM worker AS scoring
COPY --from=build /app/Scoring .
EXPOSE 8080
ENTRYPOINT ["dotnet", "ContestPipeline.Scoring.dll"]

FROM worker AS settlement
COPY --from=build /app/Settlement .
ENTRYPOINT ["dotnet", "ContestPipeline.Settlement.dll"]

FROM worker AS payout
COPY --from=build /app/Payout .
ENTRYPOINT ["dotnet", "ContestPipeline.Payout.dll"]

FROM base AS contestctl
COPY --from=build /app/Contestctl .
ENTRYPOINT ["dotnet", "contestctl.dll"]

FROM base AS console
COPY --from=build /app/Console .
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/8090 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "ContestPipeline.Console.dll"]

FROM base AS simulator
USER root
RUN mkdir /data && chown $APP_UID /data
USER $APP_UID
COPY --from=build /app/StripeSimulator .
EXPOSE 12111
ENTRYPOINT ["dotnet", "ContestPipeline.StripeSimulator.dll"]
