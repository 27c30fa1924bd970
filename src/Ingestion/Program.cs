using ContestPipeline.Ingestion;
using ContestPipeline.Plumbing;

return await WorkerHost.Run(args, builder => builder.AddIngestion());
