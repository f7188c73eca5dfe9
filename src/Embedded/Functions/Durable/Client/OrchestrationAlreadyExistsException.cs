namespace DurableTask.Core.Exceptions;

/// <summary>The id runs already, or stands in a status that was to be refused.</summary>
public class OrchestrationAlreadyExistsException(string message) : InvalidOperationException(message)
{
}
