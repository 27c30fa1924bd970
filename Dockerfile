# One build, one target per process: docker build --target payout .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
# librdkafka.redist and Stripe.net where they restore; otherwise scripts/setup builds and chooses what stands in for them.
RUN scripts/setup
RUN for project in Ingestion Scoring Settlement Payout Contestctl StripeSimulator; do \
      dotnet publish src/$project/$project.csproj -c Release -o /app/$project --no-restore -p:UseAppHost=false || exit 1; \
    done

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base
WORKDIR /app
USER $APP_UID
ENV DOTNET_gcServer=0

FROM base AS ingestion
COPY --from=build /app/Ingestion .
ENTRYPOINT ["dotnet", "ContestPipeline.Ingestion.dll"]

FROM base AS scoring
COPY --from=build /app/Scoring .
EXPOSE 8080
ENTRYPOINT ["dotnet", "ContestPipeline.Scoring.dll"]

FROM base AS settlement
COPY --from=build /app/Settlement .
ENTRYPOINT ["dotnet", "ContestPipeline.Settlement.dll"]

FROM base AS payout
COPY --from=build /app/Payout .
ENTRYPOINT ["dotnet", "ContestPipeline.Payout.dll"]

FROM base AS contestctl
COPY --from=build /app/Contestctl .
ENTRYPOINT ["dotnet", "contestctl.dll"]

FROM base AS simulator
USER root
RUN mkdir /data && chown $APP_UID /data
USER $APP_UID
COPY --from=build /app/StripeSimulator .
EXPOSE 12111
ENTRYPOINT ["dotnet", "ContestPipeline.StripeSimulator.dll"]
