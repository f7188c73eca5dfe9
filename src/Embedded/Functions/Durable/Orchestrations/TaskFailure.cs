using System.Text.Json.Serialization;

namespace Microsoft.DurableTask;

/// <summary>An activity or sub-orchestration failed; thrown where the orchestrator awaits it.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base($"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {failureDetails?.ErrorMessage}")
    {
        ArgumentNullException.ThrowIfNull(failureDetails);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    public string TaskName { get; }

    public int TaskId { get; }

    public TaskFailureDetails FailureDetails { get; }
}

/// <summary>What remains of an exception in storage: its full type name, message, stack and cause.</summary>
public record TaskFailureDetails(
    string ErrorType,
    string ErrorMessage,
    string? StackTrace,
    TaskFailureDetails? InnerFailure,
    [property: JsonIgnore] IDictionary<string, object?>? Properties)
{
    /// <summary>Keeps type, message, stack and inner exceptions.</summary>
    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        TaskFailureDetails? inner = exception.InnerException is { } cause ? FromException(cause) : null;
        return exception is TaskFailedException failed
            ? new(failed.GetType().FullName!, failed.Message, failed.StackTrace, failed.FailureDetails, null)
            : new(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner, null);
    }

    /// <summary>True if the exception was of this type or derives from it; false if its type cannot be found among the loaded ones.</summary>
    public bool IsCausedBy<T>()
        where T : Exception =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(ErrorType, throwOnError: false))
            .Any(typeof(T).IsAssignableFrom);

    public override string ToString() => $"{ErrorType}: {ErrorMessage}";
}
