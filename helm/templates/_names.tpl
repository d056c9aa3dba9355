{{- define "proviso.labels" -}}
app.kubernetes.io/name: proviso
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "proviso.selector" -}}
app.kubernetes.io/name: proviso
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "proviso.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - {name: PROVISO_CONFIG, value: /etc/proviso/proviso.yaml}
envFrom:
  - secretRef: {name: {{ .Values.secrets.environment }}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  readOnlyRootFilesystem: true
volumeMounts:
  - {name: config, mountPath: /etc/proviso, readOnly: true}
  - {name: root, mountPath: /etc/proviso-secret, readOnly: true}
  - {name: scratch, mountPath: /tmp}
{{- end }}
